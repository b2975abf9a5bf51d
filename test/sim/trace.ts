/** What happened in a run, one short line an event. Two runs of a seed have equal hashes. */
export class Trace {
  readonly lines: string[] = [];
  #hash = 0x811c9dc5;

  add(line: string): void {
    this.lines.push(line);
    // FNV-1a over UTF-16 units: only equality matters.
    for (let index = 0; index < line.length; index += 1) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(index), 0x01000193);
    }
    this.#hash = Math.imul(this.#hash ^ 10, 0x01000193);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
