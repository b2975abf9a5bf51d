import { close, fsync, open } from 'node:fs';
import { promisify } from 'node:util';
import { codeOf } from './folder-errors.mts';

const openFile = promisify(open);
const syncFile = promisify(fsync);
const closeFile = promisify(close);

/** Systems that cannot open or sync a folder write its names through by themselves, or not at all. */
const CANNOT: ReadonlySet<string> = new Set([
  'EISDIR',
  'EPERM',
  'EACCES',
  'EINVAL',
  'ENOTSUP',
  'EBADF',
  'ENOENT',
]);

/**
 * Makes changed names in folders durable. One turn serves everybody who asked while the one before
 * ran: a journaling file system writes all their names with the first folder, and the rest cost little.
 */
export class FolderSync {
  #waiting = new Set<string>();
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  /** Resolves once every name that was changed in the folder before the call is durable. */
  sync(folder: string): Promise<void> {
    this.#waiting.add(folder);
    this.#next ??= this.#start(this.#last);
    return this.#next;
  }

  async #start(last: Promise<void>): Promise<void> {
    await last.catch(ignoreOthersFailure);
    const folders = this.#waiting;
    this.#waiting = new Set();
    this.#last = this.#next ?? last;
    this.#next = undefined;
    await Promise.all([...folders].map(syncNow));
  }
}

function ignoreOthersFailure(): void {
  // Whoever waited for that turn was told.
}

async function syncNow(folder: string): Promise<void> {
  try {
    const fd = await openFile(folder, 'r');
    try {
      await syncFile(fd);
    } finally {
      await closeFile(fd);
    }
  } catch (error) {
    if (!CANNOT.has(codeOf(error))) throw error;
  }
}
