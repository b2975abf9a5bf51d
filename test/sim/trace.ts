/** What happened in a run, one short line an event. Two runs of a seed have equal hashes. */
export class Trace {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
  }

  get hash(): string {
    // FNV-1a over UTF-16 units: only equality matters.
    let hash = 0x811c9dc5;
    for (const line of this.lines) {
      for (let index = 0; index < line.length; index += 1) {
        hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
      }
      hash = Math.imul(hash ^ 10, 0x01000193);
    }
    return (hash >>> 0).toString(16).padStart(8, '0');
  }
}
