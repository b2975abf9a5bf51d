import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { StateTable } from '../../engine/ports.ts';
import { codeOf } from './folder-errors.mts';
import {
  decodeHeader,
  decodeRecord,
  encodeHeader,
  encodeRecord,
  type JournalRecord,
  type Step,
} from './state-record.mts';
import { NEW_SUFFIX } from './state-snapshot.mts';

export const JOURNAL = 'journal';

/** The record after which the journal begins, and which snapshots were there when it did. */
export interface JournalHeader {
  readonly format: 1;
  readonly sequence: number;
  readonly snapshots: Readonly<Partial<Record<StateTable, number>>>;
}

const HEADER = v.object({
  format: v.literal(1),
  sequence: v.pipe(v.number(), v.safeInteger()),
  snapshots: v.record(v.string(), v.number()),
});

export interface JournalContents {
  readonly header: JournalHeader;
  readonly records: readonly JournalRecord[];
  /** Up to the end of the last whole record. */
  readonly goodBytes: number;
}

const LINE_FEED = 10;

/** What the journal holds, `undefined` where there is none, or `damaged` with what and where. */
export async function readJournal(
  folder: string,
): Promise<JournalContents | { readonly damaged: string } | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(folder, JOURNAL));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const headerEnd = bytes.indexOf(LINE_FEED);
  const header = v.safeParse(HEADER, headerEnd < 0 ? undefined : decodeHeader(bytes.subarray(0, headerEnd)));
  if (!header.success) return { damaged: `${JOURNAL}, line 1` };
  const records: JournalRecord[] = [];
  let goodBytes = headerEnd + 1;
  while (goodBytes < bytes.length) {
    const lineEnd = bytes.indexOf(LINE_FEED, goodBytes);
    const record = lineEnd < 0 ? undefined : decodeRecord(bytes.subarray(goodBytes, lineEnd));
    if (record?.sequence !== header.output.sequence + records.length + 1) {
      // Every write is one line, synced before the next: only the last can have been cut short.
      const isLast = lineEnd < 0 || lineEnd === bytes.length - 1;
      if (isLast && record === undefined) break;
      return { damaged: `${JOURNAL}, line ${String(records.length + 2)}` };
    }
    records.push(record);
    goodBytes = lineEnd + 1;
  }
  return { header: header.output, records, goodBytes };
}

/** The open end of the journal. */
export class JournalWriter {
  readonly #file: FileHandle;
  #sizeBytes: number;
  #isBroken = false;

  private constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  /** Cuts off what is beyond `goodBytes`. */
  static async open(folder: string, goodBytes: number): Promise<JournalWriter> {
    const file = await open(join(folder, JOURNAL), 'r+');
    const { size } = await file.stat();
    if (size > goodBytes) {
      await file.truncate(goodBytes);
      await file.sync();
    }
    return new JournalWriter(file, goodBytes);
  }

  /**
   * Replaces the journal by one without records. The folder's own sync is the caller's. The new file
   * is open before it takes the old one's name, so that no record ever goes to a file without one.
   */
  static async begin(folder: string, header: JournalHeader): Promise<JournalWriter> {
    const path = join(folder, JOURNAL);
    const line = Buffer.from(encodeHeader(header));
    const file = await open(`${path}${NEW_SUFFIX}`, 'w', 0o600);
    try {
      await file.writeFile(line);
      await file.sync();
      await rename(`${path}${NEW_SUFFIX}`, path);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new JournalWriter(file, line.length);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Resolves, once it is durable, with the bytes written; when it rejects, the journal is as it was, or takes no more records. */
  async append(sequence: number, steps: readonly Step[]): Promise<number> {
    if (this.#isBroken) throw new Error('the disk failed before; start again');
    const line = encodeRecord({ sequence, steps });
    try {
      let written = 0;
      while (written < line.length) {
        const { bytesWritten } = await this.#file.write(
          line,
          written,
          line.length - written,
          this.#sizeBytes + written,
        );
        written += bytesWritten;
      }
      await this.#file.datasync();
      this.#sizeBytes += line.length;
      return line.length;
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
  }

  /** Takes no more records: where they would go to is not certain. */
  refuse(): void {
    this.#isBroken = true;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #takeBack(): Promise<void> {
    try {
      await this.#file.truncate(this.#sizeBytes);
      await this.#file.sync();
    } catch {
      this.#isBroken = true;
    }
  }
}
