import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { cliBundle } from '../scripts/bundles.mts';
import {
  freePorts,
  runProgram,
  startDaemon,
  waitUntil,
  type Daemon,
} from '../test/support/servers/processes.mts';
import type { Counts } from './result.mts';

const ROOT = resolve(import.meta.dirname, '..');
const OWN_TOOLS: Readonly<Record<ToolName, string>> = {
  genvault: import.meta.resolve('./tools/genvault.mts'),
  proxy: import.meta.resolve('./tools/proxy.mts'),
  s3mem: import.meta.resolve('./tools/s3mem.mts'),
};
const TOOL_LIMIT_MS = 300_000;
const BUCKET = 'bench';

type ToolName = 'genvault' | 'proxy' | 's3mem';

export interface RigOptions {
  /** A folder with `genvault.mjs`, `proxy.mjs` and `s3mem.mjs`; by default the project's own are run. */
  readonly tools?: string;
  readonly rttMs: number;
}

interface Ports {
  readonly server: number;
  readonly proxy: number;
  readonly control: number;
}

/** A server in memory behind a proxy that counts, a folder for all that is written, and the built command. */
export class Rig {
  readonly folder: string;
  readonly program: string;
  readonly #tools: string | undefined;
  readonly #ports: Ports;
  readonly #daemons: Daemon[] = [];

  private constructor(folder: string, tools: string | undefined, ports: Ports) {
    this.folder = folder;
    this.program = join(folder, 'cli/twincloud.cjs');
    this.#tools = tools;
    this.#ports = ports;
  }

  /** Nothing of it is left behind when this rejects. */
  static async open(options: RigOptions): Promise<Rig> {
    const [server = 0, proxy = 0, control = 0] = await freePorts(3);
    const folder = await mkdtemp(join(tmpdir(), 'twincloud-bench-'));
    const rig = new Rig(folder, options.tools, { server, proxy, control });
    try {
      await build(cliBundle(ROOT, join(folder, 'cli')));
      await rig.#start(options.rttMs);
    } catch (error) {
      await rig.close();
      throw error;
    }
    return rig;
  }

  /** Beside the program, so that nothing is left on this machine. */
  get codeCache(): NodeJS.ProcessEnv {
    return { NODE_COMPILE_CACHE: join(this.folder, 'code') };
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#ports.proxy}`;
  }

  /** The address of a vault in the bucket, as the command takes it. */
  remote(prefix: string): string {
    const query = new URLSearchParams({ region: 'us-east-1', endpoint: this.endpoint, 'path-style': 'true' });
    return `s3://${BUCKET}/${prefix}?${query.toString()}`;
  }

  /** Makes or changes a vault: the arguments of `genvault`. */
  async generate(...args: readonly string[]): Promise<void> {
    await runProgram(process.execPath, this.#toolArguments('genvault', args), {
      timeoutMs: TOOL_LIMIT_MS,
    });
  }

  async resetCounts(): Promise<void> {
    await this.#ask('/reset');
  }

  async counts(): Promise<Counts> {
    const { requests, byKind, bytesUp, bytesDown } = (await this.#ask('/stats')) as Counts;
    return { requests, byKind, bytesUp, bytesDown };
  }

  /** How many objects have such keys; asked of the server itself, uncounted. */
  async countObjects(prefix: string): Promise<number> {
    let count = 0;
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ 'list-type': '2', prefix });
      if (token !== undefined) query.set('continuation-token', token);
      const page = await this.#server(`/${BUCKET}?${query.toString()}`, 'GET');
      count += [...page.matchAll(/<Key>/gu)].length;
      token = /<NextContinuationToken>(.*?)<\/NextContinuationToken>/u.exec(page)?.[1];
    } while (token !== undefined);
    return count;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#daemons.splice(0).map((daemon) => daemon.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start(rttMs: number): Promise<void> {
    const { server, proxy, control } = this.#ports;
    const s3mem = this.#startTool('s3mem', ['--port', String(server)]);
    const ports = ['--listen', String(proxy), '--target', String(server), '--control', String(control)];
    const counting = this.#startTool('proxy', [...ports, '--rtt', String(rttMs)]);
    const bucketMade = async (): Promise<boolean> => {
      await this.#server(`/${BUCKET}`, 'PUT');
      return true;
    };
    await waitUntil('S3 in memory', bucketMade, { daemon: s3mem });
    await waitUntil('the counting proxy', async () => (await this.#ask('/stats')) !== undefined, {
      daemon: counting,
    });
  }

  #startTool(name: ToolName, args: readonly string[]): Daemon {
    const daemon = startDaemon(process.execPath, this.#toolArguments(name, args));
    this.#daemons.push(daemon);
    return daemon;
  }

  #toolArguments(name: ToolName, args: readonly string[]): string[] {
    if (this.#tools !== undefined) return [resolve(this.#tools, `${name}.mjs`), ...args];
    return ['--import', import.meta.resolve('tsx'), fileURLToPath(OWN_TOOLS[name]), ...args];
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.control}${path}`);
    return answer.json();
  }

  async #server(path: string, method: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.server}${path}`, { method });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  }
}
