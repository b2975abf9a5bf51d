import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer } from '../support/servers/azure-container.mts';
import { freePorts } from '../support/servers/processes.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { RunningServer } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { startServer } from '../support/servers/versitygw.mts';
import { CloudBench } from './cloud-bench.ts';

const azure = await sharedServerIfAny('azurite', process.env['CI'] === 'true');
const EDITS = 200;

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

describe.runIf(azure !== undefined)('a primary that is gone', { timeout: 180_000 }, () => {
  let cloud: CloudBench;
  let server: RunningServer;
  let place: { readonly dataFolder: string; readonly port: number };

  beforeEach(async () => {
    const [port = 0] = await freePorts(1);
    place = { dataFolder: await mkdtemp(join(tmpdir(), 'promote-')), port };
    server = await startServer(place);
    cloud = new CloudBench(bench, server, { bucket: await createBucket(server), conditionForm: 'quoted' });
    if (azure === undefined) throw new Error('a server did not start');
    const container = `azure://${azure.accessKeyId}/${await createContainer(azure)}/spare?endpoint=${azure.endpoint}`;
    await bench.write('note.md', 'one\ntwo\nthree\nfour\nfive\n');
    for (const device of ['a', 'b']) {
      await done(['sync', '--remote', cloud.remote, '--device-name', device], device);
      await done(['backup', 'add', 'spare', container], device);
      await done(['sync'], device);
    }
  });
  afterEach(async () => {
    await cloud.store.close();
    await server.stop();
    await rm(place.dataFolder, { recursive: true, force: true });
  });

  function run(args: readonly string[], device = 'a'): Promise<Finished> {
    return cloud.run(args, device, {
      TWINCLOUD_BACKUP_SPARE_AZURE_ACCOUNT_KEY: azure?.secretAccessKey,
      TWINCLOUD_TIMEOUT_SECONDS: '5',
    });
  }

  async function done(args: readonly string[], device = 'a'): Promise<Finished> {
    const finished = await run(args, device);
    expect(finished.exitCode, `${args.join(' ')}: ${finished.stderr}`).toBe(0);
    return finished;
  }

  async function editMany(device: string): Promise<void> {
    for (let index = 0; index < EDITS; index += 1)
      await bench.write(`${device}/${String(index)}.md`, `${device} ${String(index)}\n`, device);
  }

  it('[RE14] [RE15] [RE16] is replaced by its backup, and comes back as one: 200 edits of each of two devices are all there', async () => {
    await bench.write('before.md', 'before\n', 'b');
    await done(['sync'], 'b');
    await server.stop();
    await editMany('a');
    await editMany('b');
    await bench.write('note.md', 'one, of a\ntwo\nthree\nfour\nfive\n');
    await bench.write('note.md', 'one\ntwo\nthree\nfour\nfive, of b\n', 'b');
    expect((await done(['promote', 'spare'])).stdout).toContain('"spare" is the vault’s cloud now');
    expect((await done(['sync'])).stderr).toContain('The backup main is behind');
    await done(['sync'], 'b');
    await done(['sync']);
    expect((await done(['status'])).stdout).toContain('now the backup "spare"');
    expect((await run(['backup', 'remove', 'spare'])).stderr).toContain('twincloud promote main');
    server = await startServer(place);
    for (const device of ['a', 'b', 'a']) {
      const finished = await done(['sync'], device);
      expect(finished.stderr).toBe('');
    }
    for (const device of ['a', 'b']) {
      const files = await filesOf(device);
      expect(files.get('note.md')).toBe('one, of a\ntwo\nthree\nfour\nfive, of b\n');
      expect(files.get('before.md')).toBe('before\n');
      expect(files.size).toBe(2 * EDITS + 2);
    }
    await done(['promote', 'main'], 'b');
    await bench.write('after.md', 'after\n', 'b');
    await done(['sync'], 'b');
    await done(['sync']);
    expect((await filesOf('a')).get('after.md')).toBe('after\n');
  });

  it('[RE16] [RE17] what a device sent that knew the first cloud alone is brought over, and then it is told where to go', async () => {
    await done(['sync', '--remote', cloud.remote, '--device-name', 'c'], 'c');
    await server.stop();
    await done(['promote', 'spare']);
    await bench.write('a.md', 'a\n');
    await done(['sync']);
    server = await startServer(place);
    await bench.write('note.md', 'one\ntwo\nthree, of c\nfour\nfive\n', 'c');
    await done(['sync'], 'c');
    await done(['sync']);
    expect((await filesOf('a')).get('note.md')).toBe('one\ntwo\nthree, of c\nfour\nfive\n');
    await bench.write('c.md', 'c\n', 'c');
    const stopped = await run(['sync'], 'c');
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('twincloud backup add NAME REMOTE');
    expect((await filesOf('c')).get('c.md')).toBe('c\n');
  });

  async function filesOf(device: string): Promise<ReadonlyMap<string, string>> {
    const vault = bench.vault(device);
    const found = new Map<string, string>();
    for (const entry of await readdir(vault, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !path.includes('/.'))
        found.set(path.slice(vault.length + 1), await readFile(path, 'utf8'));
    }
    return found;
  }
});
