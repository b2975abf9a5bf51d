import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer } from '../support/servers/azure-container.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { CloudBench } from './cloud-bench.ts';

const inCi = process.env['CI'] === 'true';
const s3 = await sharedServerIfAny('versitygw', inCi);
const azure = await sharedServerIfAny('azurite', inCi);

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

describe.runIf(s3 !== undefined && azure !== undefined)('a vault with backups', { timeout: 120_000 }, () => {
  let cloud: CloudBench;
  let container: string;
  beforeEach(async () => {
    if (s3 === undefined || azure === undefined) throw new Error('a server did not start');
    cloud = new CloudBench(bench, s3, { bucket: await createBucket(s3), conditionForm: 'quoted' });
    container = `azure://${azure.accessKeyId}/${await createContainer(azure)}/spare?endpoint=${azure.endpoint}`;
  });
  afterEach(() => cloud.store.close());

  const disk = (): string => join(bench.folder, 'disk');

  function run(args: readonly string[], device = 'a'): Promise<Finished> {
    return cloud.run(args, device, { TWINCLOUD_BACKUP_CLOUDY_AZURE_ACCOUNT_KEY: azure?.secretAccessKey });
  }

  async function done(args: readonly string[], device = 'a'): Promise<string> {
    const { exitCode, stdout, stderr } = await run(args, device);
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
    return stdout;
  }

  async function setUp(): Promise<void> {
    await bench.write('note.md', 'one\n');
    await bench.write(
      'folder/large.bin',
      new Uint8Array(9_000_000).map((_, index) => index & 255),
    );
    await done(['init', '--remote', cloud.remote]);
    await done(['backup', 'add', 'disk', `folder:${disk()}`]);
    await done(['backup', 'add', 'cloudy', container]);
  }

  it('[RE11] S3 goes to Azure and a disk, and from either alone everything is restored', async () => {
    await setUp();
    await done(['sync']);
    expect(await done(['status'])).toMatch(/Backup disk: protected.*\n.*Backup cloudy: protected/u);
    await bench.write('note.md', 'one\ntwo\n');
    await done(['sync', '--remote', cloud.remote], 'b');
    await done(['sync']);
    await done(['sync'], 'b');
    for (const key of await cloud.keys('')) await cloud.store.delete(key);
    for (const name of ['disk', 'cloudy']) {
      const to = join(bench.folder, `from ${name}`);
      await done(['restore', '--all', '--from', name, '--to', to]);
      expect(await readFile(join(to, 'note.md'), 'utf8')).toBe('one\ntwo\n');
      const large = await readFile(join(to, 'folder/large.bin'));
      expect(large.equals(await readFile(join(bench.vault(), 'folder/large.bin')))).toBe(true);
    }
  });

  it('[RE13] a drill tells what a restore would give, and leaves nothing behind', async () => {
    await setUp();
    await done(['sync']);
    await bench.write('later.md', 'not synced yet\n');
    const before = await bench.files('.');
    const said = await done(['drill']);
    expect(said).toMatch(
      /Backup disk: 2 files, 9\.0 MB of commit [0-9a-f]{16} can be restored; 2 are as in the vault/u,
    );
    expect(said).toContain('Backup cloudy: 2 files');
    expect(said).toContain('only in the vault: 1');
    expect(await bench.files('.')).toEqual(before);
  });

  it('[RE12] a look into the backups finds what lacks or is spoilt, and puts it again', async () => {
    await setUp();
    await done(['sync']);
    const objects = (await bench.files('disk')).filter((file) => /\/(?:packs|blobs)\//u.test(file));
    expect(objects.length).toBeGreaterThan(1);
    const [one = '', other = ''] = objects;
    await rm(one);
    await writeFile(other, new Uint8Array((await readFile(other)).length).fill(9));
    expect(await done(['backup', 'verify', 'disk', '--full'])).toContain('2 objects put again');
    expect(await done(['backup', 'verify', 'disk', '--full'])).not.toContain('put again');
    // The other way: what the cloud itself lost comes back from a backup.
    const [lost = ''] = await cloud.keys('.twincloud/blobs/');
    await cloud.store.delete(lost as ObjectKey);
    expect(await done(['backup', 'verify', 'cloudy'])).toContain('1 object that the cloud lacked');
    expect((await cloud.keys('.twincloud/blobs/')).includes(lost as ObjectKey)).toBe(true);
  });

  it('[RE8] a disk that is unplugged fails no sync, is told, and catches up', async () => {
    await setUp();
    await done(['sync']);
    await rename(disk(), `${disk()} away`);
    await bench.write('note.md', 'one\ntwo\n');
    const away = await run(['sync']);
    expect(away.exitCode).toBe(0);
    expect(away.stderr).toContain('The backup disk is behind');
    expect(await done(['status'])).toMatch(/Backup disk: 1 commit and 8 B behind/u);
    expect(await readdir(bench.folder)).not.toContain('disk');
    await rename(`${disk()} away`, disk());
    await done(['sync']);
    expect(await done(['backup', 'list'])).toContain('Backup disk: protected');
  });

  it('[RE8] a backup whose keys are not there fails no sync, and says what to set', async () => {
    await setUp();
    await done(['backup', 'add', 'other', `${cloud.remote.replace('?', '-2?')}`]);
    await bench.write('note.md', 'one\ntwo\n');
    const { exitCode, stderr } = await cloud.run(['sync'], 'a', {
      TWINCLOUD_BACKUP_OTHER_S3_ACCESS_KEY_ID: 'half a key',
      TWINCLOUD_BACKUP_OTHER_S3_SECRET_ACCESS_KEY: '',
    });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/The backup cloudy is behind.*TWINCLOUD_/u);
    expect(stderr).toMatch(/The backup other is behind.*TWINCLOUD_S3_/u);
    expect(await done(['backup', 'list'])).toContain('Backup disk: protected');
  });

  it('a name twice, the vault’s own cloud, and no such backup are refused with the remedy', async () => {
    await setUp();
    const refusals = [
      { args: ['backup', 'add', 'disk', `folder:${disk()} 2`], said: 'already' },
      { args: ['backup', 'add', 'same', cloud.remote], said: 'this vault’s cloud or backup already' },
      { args: ['backup', 'add', 'No Name', `folder:${disk()} 2`], said: 'small letters' },
      { args: ['backup', 'remove', 'nothing'], said: 'There are: disk, cloudy' },
      { args: ['drill', 'nothing'], said: 'There are: disk, cloudy' },
      { args: ['restore', '--all', '--from', 'nothing', '--to', 'x'], said: 'no backup "nothing"' },
    ];
    for (const { args, said } of refusals) {
      const { exitCode, stderr } = await run(args);
      expect({ args, exitCode, said: stderr.includes(said) ? said : stderr }).toEqual({
        args,
        exitCode: 2,
        said,
      });
    }
    await done(['backup', 'remove', 'disk']);
    expect(await done(['backup', 'list'])).not.toContain('disk');
  });
});
