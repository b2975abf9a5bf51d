import { appendFile, readFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UsageLine } from '../../src/cli/usage.mts';
import { NO_USAGE, requestsIn } from '../../src/core/cost/usage.ts';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { CloudBench } from './cloud-bench.ts';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

const server = await sharedServerIfAny('versitygw', process.env['CI'] === 'true');

/** Counts what reaches the server, by HTTP method, and hands it on as it is. */
class CountingProxy {
  readonly counts = new Map<string, number>();
  readonly #server: Server;

  constructor(endpoint: string) {
    const to = new URL(endpoint);
    this.#server = createServer((incoming, answer) => {
      const { method = '', url, headers } = incoming;
      this.counts.set(method, (this.counts.get(method) ?? 0) + 1);
      const onward = request({ host: to.hostname, port: to.port, method, path: url, headers }, (found) => {
        answer.writeHead(found.statusCode ?? 502, found.headers);
        found.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      incoming.pipe(onward);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  get total(): number {
    return [...this.counts.values()].reduce((all, count) => all + count, 0);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe.runIf(server)('what a cloud is asked for (twincloud costs)', { timeout: 120_000 }, () => {
  let cloud: CloudBench;
  let proxy: CountingProxy;
  beforeEach(async () => {
    if (server === undefined) throw new Error('the server did not start');
    proxy = new CountingProxy(server.endpoint);
    const through = { ...server, endpoint: await proxy.start() };
    const bucket = await createBucket(server);
    cloud = new CloudBench(bench, through, { bucket, conditionForm: 'quoted' });
  });
  afterEach(async () => {
    await cloud.store.close();
    proxy.stop();
  });

  async function lines(): Promise<readonly UsageLine[]> {
    const { stdout } = await cloud.run(['costs', '--json']);
    return (JSON.parse(stdout) as { clouds: readonly UsageLine[] }).clouds;
  }

  it('[CT1] [CT4] is what reaches the server: a first sync with a large file, one with nothing to do, an edit', async () => {
    await bench.write('big.bin', Buffer.alloc(20 * 1024 * 1024, 7));
    for (let note = 0; note < 30; note += 1)
      await bench.write(`n${String(note)}.md`, `note ${String(note)}\n`);
    // Looks that the check makes after a refused write are the provider's own and are not told of.
    await cloud.run(['init', '--remote', cloud.remote]);
    const [setUp] = await lines();
    proxy.counts.clear();
    await cloud.sync();
    await cloud.sync();
    await bench.write('n3.md', 'another\n');
    await cloud.sync();
    const [line, ...more] = await lines();
    expect(more).toEqual([]);
    if (line === undefined || setUp === undefined) throw new Error('nothing was counted');
    const counted = (kind: 'head' | 'delete' | 'get' | 'list'): number =>
      line.usage[kind] - setUp.usage[kind];
    expect(requestsIn(line.usage) - requestsIn(setUp.usage)).toBe(proxy.total);
    expect(counted('delete')).toBe(proxy.counts.get('DELETE') ?? 0);
    expect(counted('head')).toBe(proxy.counts.get('HEAD') ?? 0);
    expect(counted('get') + counted('list')).toBe(proxy.counts.get('GET') ?? 0);
    expect(line.usage.bytesUp).toBeGreaterThan(20 * 1024 * 1024);
    // One to look, without anything to do; `costs` itself asks for nothing.
    const before = proxy.total;
    await cloud.sync();
    const [after] = await lines();
    expect(proxy.total - before).toBe(1);
    expect(requestsIn(after?.usage ?? setUp.usage) - requestsIn(setUp.usage)).toBe(proxy.total);
  });

  it('[CT4] [CT5] is told for people, and lines that cannot be read cost nothing', async () => {
    await bench.write('n.md', 'note\n');
    await cloud.sync();
    const file = join(bench.config(), 'usage.ndjson');
    await appendFile(file, '\n{"month":"2026-11","cloud":7}\nhalf a li');
    const [before] = await lines();
    await cloud.sync();
    const [after] = await lines();
    expect(requestsIn(after?.usage ?? NO_USAGE)).toBe(requestsIn(before?.usage ?? NO_USAGE) + 1);
    const { stdout, exitCode } = await cloud.run(['costs']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('No prices are known for it.');
    expect(stdout).toMatch(/\d+ requests \(\d+ writes, /u);
    expect(await readFile(file, 'utf8')).not.toContain(cloud.env['TWINCLOUD_S3_SECRET_ACCESS_KEY']);
    expect((await cloud.run(['costs', '--month', '2020-01'])).stdout).toContain('Nothing was asked');
    expect((await cloud.run(['costs', '--month', 'May'])).exitCode).toBe(2);
  });
});
