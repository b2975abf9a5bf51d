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

interface Turn {
  readonly running: Promise<void>;
  next: Promise<void> | undefined;
}

/** Makes changed names in folders durable. Whoever asks while a folder is being written shares the next turn. */
export class FolderSync {
  readonly #turns = new Map<string, Turn>();

  /** Resolves once every name that was changed before the call is durable. */
  sync(folder: string): Promise<void> {
    const turn = this.#turns.get(folder);
    if (turn === undefined) return this.#start(folder);
    turn.next ??= turn.running.then(
      () => this.#start(folder),
      () => this.#start(folder),
    );
    return turn.next;
  }

  #start(folder: string): Promise<void> {
    const turn: Turn = {
      running: syncNow(folder).finally(() => {
        if (turn.next === undefined) this.#turns.delete(folder);
      }),
      next: undefined,
    };
    this.#turns.set(folder, turn);
    return turn.running;
  }
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
