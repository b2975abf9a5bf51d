import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Ended {
  /** Absent where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** SIGKILL so long after the start. */
  readonly killAfterMs?: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Ended by force when it takes longer: then it hangs, which is a fault. */
const HANG_MS = 180_000;

/** One computer: its vault, its configuration, and the command as it is shipped. */
export class Device {
  readonly name: string;
  readonly folder: string;
  readonly #program: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(options: {
    readonly name: string;
    readonly folder: string;
    readonly program: string;
    readonly env: NodeJS.ProcessEnv;
  }) {
    this.name = options.name;
    this.folder = options.folder;
    this.#program = options.program;
    this.#env = options.env;
  }

  get vault(): string {
    return join(this.folder, 'vault');
  }

  get config(): string {
    return join(this.folder, 'config');
  }

  async make(): Promise<void> {
    await mkdir(this.vault, { recursive: true });
    await mkdir(this.config, { recursive: true });
  }

  start(args: readonly string[], options: RunOptions = {}): Started {
    const startMs = performance.now();
    const child = spawn(process.execPath, [this.#program, ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        TWINCLOUD_CONFIG: this.config,
        ...this.#env,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const clock = new AbortController();
    void killLater(child, options.killAfterMs ?? HANG_MS, clock.signal);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clock.abort();
        const ms = performance.now() - startMs;
        resolve({ exitCode: code ?? undefined, killed: signal === 'SIGKILL', stdout, stderr, ms });
      });
    });
    return { child, ended };
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.start(['--vault', this.vault, ...args], options).ended;
  }

  sync(options: RunOptions = {}): Promise<Ended> {
    return this.run(['sync', '--json'], options);
  }
}

async function killLater(child: ChildProcess, afterMs: number, signal: AbortSignal): Promise<void> {
  const isDue = await delay(afterMs, true, { signal, ref: false }).catch(() => false);
  if (isDue) child.kill('SIGKILL');
}
