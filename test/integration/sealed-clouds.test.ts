import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer, openContainer } from '../support/servers/azure-container.mts';
import { createBucket as createGcsBucket } from '../support/servers/gcs-bucket.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { CloudBench } from './cloud-bench.ts';
import { GcsBench } from './gcs-bench.ts';

const inCi = process.env['CI'] === 'true';
const NAME = 'canary-of-the-name';
const TEXT = 'canary of the text, long enough to be packed and to be found again\n';

interface Cloud {
  readonly remote: string;
  readonly env: NodeJS.ProcessEnv;
  /** The whole bucket. */
  readonly store: ObjectStore;
}

type Open = (bench: Bench, server: ServerAddress) => Promise<Cloud>;

const SERVERS: readonly (readonly [string, ServerAddress | undefined, Open])[] = [
  [
    'Ceph',
    await sharedServerIfAny('ceph', inCi),
    async (bench, server) =>
      new CloudBench(bench, server, { bucket: await createBucket(server), conditionForm: 'bare' }),
  ],
  [
    'Azurite',
    await sharedServerIfAny('azurite', inCi),
    async (_bench, server) => {
      const container = await createContainer(server);
      const remote = `azure://${server.accessKeyId}/${container}/my notes?endpoint=${server.endpoint}`;
      const env = { TWINCLOUD_AZURE_ACCOUNT_KEY: server.secretAccessKey };
      return { remote, env, store: openContainer(server, { container }) };
    },
  ],
  [
    'the emulator of Google Cloud Storage',
    await sharedServerIfAny('gcs', inCi),
    async (bench, server) => new GcsBench(bench, server, await createGcsBucket(server)),
  ],
];

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

/** Every object, its name and its bytes. */
async function everything(store: ObjectStore): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const { objects } of store.list(''))
    for (const { key } of objects) {
      const result = await store.get(key);
      if (result.kind === 'found') found.push(Buffer.concat([Buffer.from(key), result.body]));
    }
  return found;
}

for (const [name, server, open] of SERVERS)
  describe.runIf(server)(`an encrypted vault on ${name}`, { timeout: 240_000 }, () => {
    it('[EN14] [EN16] [EN18] is turned on, edited on two devices, merged, restored, and nothing plain is in the bucket', async () => {
      if (server === undefined) throw new Error('the server did not start');
      const cloud = await open(bench, server);
      const run = (args: readonly string[], device = 'a'): Promise<Finished> =>
        bench.run(args, { device, env: { ...cloud.env, TWINCLOUD_PASSPHRASE: 'correct horse battery' } });
      const done = async (args: readonly string[], device = 'a', codes = [0]): Promise<string> => {
        const { exitCode, stdout, stderr } = await run(args, device);
        expect(codes, `${args.join(' ')}: ${stdout}${stderr}`).toContain(exitCode);
        return stdout;
      };
      await bench.write(`${NAME}.md`, TEXT);
      await bench.write('both.md', 'one\n\ntwo\n\nthree\n');
      await bench.write(
        'large.bin',
        new Uint8Array(9_000_000).map((_, index) => (index ^ (index >>> 9)) & 255),
      );
      await done(['sync', '--remote', cloud.remote]);
      await done(['sync', '--remote', cloud.remote, '--device-name', 'b'], 'b');
      expect((await everything(cloud.store)).some((one) => one.includes(NAME))).toBe(true);
      await bench.write('both.md', 'one, edited by b\n\ntwo\n\nthree\n', 'b');
      expect(await done(['encryption', 'on', '--yes'])).toContain('read back whole');
      expect((await run(['sync'], 'b')).stderr).toContain('twincloud init');
      await bench.write('both.md', 'one\n\ntwo\n\nthree, edited by a\n');
      await bench.write('clash.md', 'from a\n');
      await bench.write('clash.md', 'from b\n', 'b');
      await done(['sync']);
      await done(['init'], 'b');
      await done(['sync'], 'b', [0, 3]);
      await done(['sync'], 'a', [0, 3]);
      for (const device of ['a', 'b'])
        expect(await bench.read('both.md', device)).toBe('one, edited by b\n\ntwo\n\nthree, edited by a\n');
      const copies = (await bench.files('a/vault')).filter((file) => file.includes('clash'));
      const texts = await Promise.all(copies.map((file) => readFile(file, 'utf8')));
      expect(texts.join('')).toMatch(/from a\n/u);
      expect(texts.join('')).toMatch(/from b\n/u);
      await done(['restore', '--all', '--to', join(bench.folder, 'out')]);
      expect(await readFile(join(bench.folder, 'out', `${NAME}.md`), 'utf8')).toBe(TEXT);
      expect(await readFile(join(bench.folder, 'out', 'large.bin'))).toHaveLength(9_000_000);
      expect(await done(['verify', '--full'])).toContain('No damage was found');
      const hash = createHash('sha256').update(TEXT).digest();
      const packed = [deflateRawSync(TEXT).subarray(0, 20), gzipSync(TEXT).subarray(10, 30)];
      const canaries = [NAME, TEXT.slice(0, 20), 'both.md', 'clash', 'edited by', hash, hash.toString('hex')];
      const objects = await everything(cloud.store);
      expect(objects.length).toBeGreaterThan(6);
      for (const canary of [...canaries, hash.toString('hex').slice(0, 16), ...packed])
        for (const object of objects) expect(object.includes(canary)).toBe(false);
      await cloud.store.close();
    });
  });
