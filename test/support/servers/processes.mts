import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end; rejects with its error output. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number } = {},
): Promise<string> {
  const { stdout } = await run(program, args, {
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMs ?? 60_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** True when `program` is found on the path. */
export async function hasProgram(program: string): Promise<boolean> {
  return run('sh', ['-c', 'command -v "$0"', program]).then(
    () => true,
    () => false,
  );
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Daemon {
  /** What it wrote last, for the message when it fails. */
  output(): string;
  /** Set when it ended by itself. */
  exited(): boolean;
  /** SIGKILL unless told. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Has the kernel end a program with its parent, also when that is killed and cannot do it itself. */
const TETHER = '/usr/bin/setpriv';

/** Starts a program that stays; it is killed when this process ends. */
export function startDaemon(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Daemon {
  const tether = existsSync(TETHER) ? [TETHER, '--pdeathsig', 'KILL', '--'] : [];
  const [command = program, ...rest] = [...tether, program, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  let ended = false;
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = new Promise<void>((resolve) => {
    const finish = (): void => {
      ended = true;
      running.delete(child);
      resolve();
    };
    child.once('exit', finish);
    child.once('error', (error) => {
      output += String(error);
      finish();
    });
  });
  return {
    output: () => output,
    exited: () => ended,
    stop: async (signal = 'SIGKILL') => {
      // Mostly test data that nobody needs afterwards: nothing to flush, so no polite signal first.
      if (!ended) child.kill(signal);
      await end;
    },
  };
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            resolve(server);
          });
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  });
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
        }),
    ),
  );
  return ports;
}

/** Resolves once `check` does; rejects when `daemon` ends or the time is up. */
export async function waitUntil(
  what: string,
  check: () => Promise<boolean>,
  options: { readonly daemon?: Daemon; readonly timeoutMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    if (await check().catch(() => false)) return;
    if (options.daemon?.exited() === true)
      throw new Error(`${what}: the server ended: ${options.daemon.output()}`);
    if (Date.now() > deadline)
      throw new Error(`${what}: not ready in time: ${options.daemon?.output() ?? ''}`);
    await delay(50);
  }
}

/** True when something accepts connections on the port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
