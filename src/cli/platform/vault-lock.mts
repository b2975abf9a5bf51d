import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile, realpath } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from './folder-errors.mts';

/**
 * One process a vault. The system itself keeps the lock and drops it with the process, however that
 * ends: nothing is ever left to be cleaned up by hand. It holds among the processes of one computer
 * (on Linux, of one network namespace).
 *
 *   Linux    a listening socket with an abstract name
 *   Windows  a named pipe
 *   macOS    a file that is open with an exclusive lock; a socket with a file was tried, and of eight
 *            who found a dead one at once two got the lock
 */

export interface VaultLock {
  readonly kind: 'held';
  /** Idempotent. */
  release(): Promise<void>;
}

export interface VaultBusy {
  readonly kind: 'busy';
  /** The holder's process, where it said so in time. */
  readonly pid: number | undefined;
}

const ANSWER_MS = 1000;
/** Holders that end between our try and our question, in a row. */
const ATTEMPTS = 5;
/** Of BSD's open(2), not among Node's constants. */
const O_EXLOCK = 0x20;

/** Rejects with the system's error when there is no such folder. */
export async function acquireVaultLock(vault: string): Promise<VaultLock | VaultBusy> {
  const name = `twincloud-${createHash('sha256')
    .update(await realpath(vault))
    .digest('hex')}`;
  switch (process.platform) {
    case 'linux':
    case 'android':
      return lockByName(`\0${name}`);
    case 'win32':
      return lockByName(`\\\\.\\pipe\\${name}`);
    default:
      return lockByFile(join(homedir(), '.twincloud', 'locks'), name);
  }
}

async function lockByName(address: string): Promise<VaultLock | VaultBusy> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const server = await listen(address);
    if (server !== 'taken') {
      server.unref();
      return heldUntil(
        () =>
          new Promise((resolve) => {
            server.close(() => resolve());
          }),
      );
    }
    const holder = await askHolder(address);
    if (holder !== 'gone') return { kind: 'busy', pid: holder };
  }
  return { kind: 'busy', pid: undefined };
}

async function lockByFile(folder: string, name: string): Promise<VaultLock | VaultBusy> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  try {
    const file = await open(path, flags, 0o600);
    await file.truncate();
    await file.write(`${String(process.pid)}\n`);
    return heldUntil(() => file.close());
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN' && codeOf(error) !== 'EWOULDBLOCK') throw error;
    return { kind: 'busy', pid: parsePid(await readFile(path, 'latin1')) };
  }
}

function heldUntil(free: () => Promise<void>): VaultLock {
  let released: Promise<void> | undefined;
  return { kind: 'held', release: () => (released ??= free()) };
}

function listen(address: string): Promise<Server | 'taken'> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {
        // Whoever asked has gone.
      });
      socket.end(`${String(process.pid)}\n`);
    });
    server.once('error', (error) => {
      if (codeOf(error) === 'EADDRINUSE') resolve('taken');
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

/** The holder's process id, `undefined` where it did not say, or `gone` where nobody listens any more. */
function askHolder(address: string): Promise<number | undefined | 'gone'> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(address);
    const end = (result: number | undefined | 'gone'): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(ANSWER_MS, () => end(undefined));
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', (error) =>
      end(codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT' ? 'gone' : undefined),
    );
    socket.on('end', () => end(parsePid(answer)));
  });
}

function parsePid(text: string): number | undefined {
  const pid = Number.parseInt(text, 10);
  return Number.isNaN(pid) ? undefined : pid;
}
