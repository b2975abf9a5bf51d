import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer, openContainer } from '../support/servers/azure-container.mts';
import { freePorts } from '../support/servers/processes.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { RunningServer } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { startServer } from '../support/servers/versitygw.mts';
import { CloudBench } from './cloud-bench.ts';

const azure = await sharedServerIfAny('azurite', process.env['CI'] === 'true');
const FORMER = 'correct horse battery staple';
const NEW = 'a new one, quite different';
const NAME = 'canary-of-the-name';
const TEXT = 'canary of the text, long enough to be packed and to be found again\n';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

describe.runIf(azure !== undefined)('an encrypted vault whose primary is gone', { timeout: 300_000 }, () => {
  let cloud: CloudBench;
  let spare: ObjectStore;
  let remoteOfSpare: string;
  let server: RunningServer;
  let place: { readonly dataFolder: string; readonly port: number };

  beforeEach(async () => {
    if (azure === undefined) throw new Error('a server did not start');
    const [port = 0] = await freePorts(1);
    place = { dataFolder: await mkdtemp(join(tmpdir(), 'sealed-promotion-')), port };
    server = await startServer(place);
    cloud = new CloudBench(bench, server, { bucket: await createBucket(server), conditionForm: 'quoted' });
    const container = await createContainer(azure);
    spare = openContainer(azure, { container });
    remoteOfSpare = `azure://${azure.accessKeyId}/${container}/spare?endpoint=${azure.endpoint}`;
    await bench.write(`${NAME}.md`, `${TEXT}one\n\ntwo\n\nthree\n`);
    await done(['init', '--encrypt', '--remote', cloud.remote, '--device-name', 'a']);
    await done(['backup', 'add', 'spare', remoteOfSpare]);
    await done(['sync']);
    await done(['init', '--remote', cloud.remote, '--device-name', 'b'], 'b');
    await done(['backup', 'add', 'spare', remoteOfSpare], 'b');
    await done(['sync'], 'b');
  });
  afterEach(async () => {
    await cloud.store.close();
    await spare.close();
    await server.stop();
    await rm(place.dataFolder, { recursive: true, force: true });
  });

  function run(args: readonly string[], device = 'a', passphrase = FORMER): Promise<Finished> {
    return cloud.run(args, device, {
      TWINCLOUD_BACKUP_SPARE_AZURE_ACCOUNT_KEY: azure?.secretAccessKey,
      TWINCLOUD_AZURE_ACCOUNT_KEY: azure?.secretAccessKey,
      TWINCLOUD_TIMEOUT_SECONDS: '5',
      TWINCLOUD_PASSPHRASE: passphrase,
      TWINCLOUD_NEW_PASSPHRASE: NEW,
    });
  }

  async function done(args: readonly string[], device = 'a', passphrase = FORMER): Promise<Finished> {
    const finished = await run(args, device, passphrase);
    expect(finished.exitCode, `${args.join(' ')}: ${finished.stdout}${finished.stderr}`).toBe(0);
    return finished;
  }

  async function expectSealed(store: ObjectStore): Promise<void> {
    let count = 0;
    for await (const { objects } of store.list(''))
      for (const { key } of objects) {
        const found = await store.get(key);
        if (found.kind !== 'found') continue;
        const bytes = Buffer.concat([Buffer.from(key), found.body]);
        for (const canary of [NAME, TEXT.slice(0, 20), 'of-b', 'after the'])
          expect(bytes.includes(canary)).toBe(false);
        count += 1;
      }
    expect(count).toBeGreaterThan(6);
  }

  it('[RE14] [RE15] [RE16] [EN11] [EN12] goes on with its backup, gets another passphrase there, and the former primary comes back with it', async () => {
    await server.stop();
    await bench.write(`${NAME}.md`, `${TEXT}one, of a\n\ntwo\n\nthree\n`);
    await bench.write(`${NAME}.md`, `${TEXT}one\n\ntwo\n\nthree, of b\n`, 'b');
    await bench.write('of-b.md', 'of b\n', 'b');
    expect((await done(['promote', 'spare'])).stdout).toContain('"spare" is the vault’s cloud now');
    await done(['sync']);
    await done(['sync'], 'b');
    await done(['sync']);
    const merged = `${TEXT}one, of a\n\ntwo\n\nthree, of b\n`;
    for (const device of ['a', 'b']) expect(await bench.read(`${NAME}.md`, device)).toBe(merged);

    await done(['encryption', 'passphrase']);
    await bench.write('after.md', 'after the new passphrase\n');
    await done(['sync'], 'a', NEW);
    await done(['sync'], 'b', NEW);
    expect(await bench.read('after.md', 'b')).toBe('after the new passphrase\n');
    expect((await run(['init', '--remote', remoteOfSpare], 'c')).stderr).toContain('not the passphrase');
    await done(['init', '--remote', remoteOfSpare], 'c', NEW);
    await done(['sync'], 'c', NEW);
    expect(await bench.read(`${NAME}.md`, 'c')).toBe(merged);

    server = await startServer(place);
    for (const device of ['a', 'b', 'a']) {
      const { stderr } = await done(['sync'], device, NEW);
      expect(stderr).toBe('');
    }
    expect((await run(['init', '--remote', cloud.remote], 'd')).stderr).toContain('not the passphrase');
    await done(['drill'], 'a', NEW);
    await done(['promote', 'main'], 'b', NEW);
    await bench.write('last.md', 'last\n', 'b');
    await done(['sync'], 'b', NEW);
    await done(['sync'], 'a', NEW);
    expect(await bench.read('last.md')).toBe('last\n');
    await done(['init', '--remote', cloud.remote], 'd', NEW);
    await done(['sync'], 'd', NEW);
    for (const device of ['a', 'b', 'd']) {
      expect(await bench.read(`${NAME}.md`, device)).toBe(merged);
      expect(await bench.read('of-b.md', device)).toBe('of b\n');
    }
    await expectSealed(cloud.store);
    await expectSealed(spare);
  });

  it('[RE15] [EN11] a device that was away is given the new passphrase first: it follows, also while the former primary is gone', async () => {
    await bench.write('of-b.md', 'written while b was away\n', 'b');
    await server.stop();
    await done(['promote', 'spare']);
    await done(['encryption', 'passphrase']);
    await done(['sync'], 'b', NEW);
    await done(['sync'], 'a', NEW);
    expect(await bench.read('of-b.md')).toBe('written while b was away\n');
  });

  it('[RE16] [EN11] the former primary still has the former passphrase when it comes back: a device with the new one is not refused', async () => {
    await server.stop();
    await done(['promote', 'spare']);
    await done(['encryption', 'passphrase']);
    server = await startServer(place);
    await bench.write('of-b.md', 'written while b was away\n', 'b');
    await done(['sync'], 'b', NEW);
    await done(['sync'], 'a', NEW);
    expect(await bench.read('of-b.md')).toBe('written while b was away\n');
    const wrong = await run(['sync'], 'b', 'no passphrase of this');
    expect(wrong.stderr).toContain('not the passphrase');
  });
});
