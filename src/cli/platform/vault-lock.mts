import { createHash, randomBytes } from 'node:crypto';
import { realpath, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from './folder-errors.mts';

/**
 * One process a vault, by listening on a socket that is named after the vault's folder: the system
 * closes it with the process, however that ends, so nothing is ever left to be cleaned up by hand.
 * It holds among the processes of one computer (on Linux, of one network namespace).
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

export interface LockOptions {
  /** `name`: the system forgets it with its holder. `file`: it stays behind, and is known to be dead by asking. */
  readonly endpoint?: { readonly kind: 'name' | 'file'; readonly address: string };
}

const ANSWER_MS = 1000;
/** Dead sockets found on the way, each removed by one of those who found it. */
const ATTEMPTS = 5;

export async function acquireVaultLock(
  vault: string,
  options: LockOptions = {},
): Promise<VaultLock | VaultBusy> {
  const endpoint = options.endpoint ?? endpointOf(await realpath(vault));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const server = await listen(endpoint.address);
    if (server !== 'taken') return lockOf(server);
    const holder = await askHolder(endpoint.address);
    if (holder !== 'dead') return { kind: 'busy', pid: holder };
    if (endpoint.kind === 'file') await removeDead(endpoint.address);
  }
  return { kind: 'busy', pid: undefined };
}

function endpointOf(vault: string): Required<LockOptions>['endpoint'] {
  const name = `twincloud-${createHash('sha256').update(vault).digest('hex')}`;
  if (process.platform === 'linux') return { kind: 'name', address: `\0${name}` };
  if (process.platform === 'win32') return { kind: 'name', address: `\\\\.\\pipe\\${name}` };
  // A socket's path has at most 104 bytes on macOS.
  return { kind: 'file', address: join(tmpdir(), `${name.slice(0, 32)}.sock`) };
}

function lockOf(server: Server): VaultLock {
  server.unref();
  let released: Promise<void> | undefined;
  return {
    kind: 'held',
    release() {
      released ??= new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      return released;
    },
  };
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
    server.listen(address, () => {
      resolve(server);
    });
  });
}

/** The holder's process id, `undefined` where it did not say, or `dead` where nobody listens. */
function askHolder(address: string): Promise<number | undefined | 'dead'> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(address);
    const end = (result: number | undefined | 'dead'): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(ANSWER_MS, () => {
      end(undefined);
    });
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', (error) => {
      end(codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT' ? 'dead' : undefined);
    });
    socket.on('end', () => {
      const pid = Number.parseInt(answer, 10);
      end(Number.isNaN(pid) ? undefined : pid);
    });
  });
}

/**
 * Takes the dead socket's file away under a name of our own: of many who try, one gets it. Should it
 * be a new holder's by then, it is put back.
 */
async function removeDead(address: string): Promise<void> {
  const aside = `${address}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(address, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await askHolder(aside)) === 'dead') await rm(aside, { force: true });
  else await rename(aside, address);
}
