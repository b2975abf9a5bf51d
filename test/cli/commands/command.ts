import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { cliBundle } from '../../../scripts/bundles.mts';

const root = resolve(import.meta.dirname, '../../..');

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Finished>;
  /** Resolves when stdout or stderr has the text; rejects when the process ends without it. */
  saw(text: string): Promise<void>;
}

/** Folders of one test, and the real command at work on them. */
export class Bench {
  readonly folder: string;
  readonly #program: string;

  private constructor(folder: string, program: string) {
    this.folder = folder;
    this.#program = program;
  }

  static async open(program: string): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'twincloud-cli-')), program);
  }

  get remote(): string {
    return `folder:${join(this.folder, 'cloud')}`;
  }

  /** Of this device: its vault and its configuration lie apart. */
  vault(device = 'a'): string {
    return join(this.folder, device, 'vault');
  }

  config(device = 'a'): string {
    return join(this.folder, device, 'config');
  }

  async write(path: string, text: string | Uint8Array, device = 'a'): Promise<void> {
    const file = join(this.vault(device), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  read(path: string, device = 'a'): Promise<string> {
    return readFile(join(this.vault(device), path), 'utf8');
  }

  start(args: readonly string[], options: { device?: string; env?: NodeJS.ProcessEnv } = {}): Running {
    const { device = 'a', env = {} } = options;
    const child = spawn(process.execPath, [this.#program, ...args], {
      cwd: this.vault(device),
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        TWINCLOUD_CONFIG: this.config(device),
        // Beside the program, which all tests of a file share.
        NODE_COMPILE_CACHE: join(dirname(this.#program), 'code'),
        ...env,
      },
    });
    return running(child);
  }

  async run(
    args: readonly string[],
    options: { device?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Finished> {
    await mkdir(this.vault(options.device), { recursive: true });
    return this.start(args, options).done;
  }

  /** Every file below, by its path from the bench's folder. */
  async files(below: string): Promise<string[]> {
    const found = await readdir(join(this.folder, below), { recursive: true, withFileTypes: true });
    return found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function running(child: ChildProcess): Running {
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listener of listeners) listener();
  });
  const done = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
  });
  const saw = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if ((stdout + stderr).includes(text)) resolve();
      };
      listeners.add(look);
      look();
      void done.then(() => {
        reject(new Error(`ended without "${text}": ${stdout}${stderr}`));
      });
    });
  return { child, done, saw };
}

/** The command as users get it, built once for a test file. */
export async function buildProgram(): Promise<{ program: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-built-'));
  await build(cliBundle(root, folder));
  return {
    program: join(folder, 'twincloud.cjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
