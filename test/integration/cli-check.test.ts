import { join } from 'node:path';
import { ContainerClient, ContainerSASPermissions, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/storage/check-connection.ts';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer } from '../support/servers/azure-container.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';

const inCi = process.env['CI'] === 'true';
const azurite = await sharedServerIfAny('azurite', inCi);
const ceph = await sharedServerIfAny('ceph', inCi);

/** All that is looked at, where nothing is wrong. */
const ALL_WELL = {
  reach: 'ok',
  key: 'ok',
  list: 'ok',
  write: 'ok',
  read: 'ok',
  delete: 'ok',
  conditions: 'ok',
  clock: 'ok',
  versioning: 'ok',
};

interface Told {
  readonly exitCode: number | null;
  readonly states: Readonly<Record<string, string>>;
  /** What is not well, with what to do. */
  readonly wrong: readonly string[];
}

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

async function check(remote: string, env: NodeJS.ProcessEnv = {}): Promise<Told> {
  const { exitCode, stdout, stderr } = await bench.run(['check', '--json', '--remote', remote], { env });
  expect(stderr).toBe('');
  expect(stdout).not.toMatch(/sig=|test-secret/u);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  const bad = findings.filter(({ state }) => state === 'failed' || state === 'warning');
  return {
    exitCode,
    states: Object.fromEntries(findings.map((finding) => [finding.check, finding.state])),
    wrong: bad.map(({ message, remedy }) => `${message} ${remedy ?? 'WITHOUT A REMEDY'}`),
  };
}

describe('`twincloud check` of each kind of cloud', { timeout: 60_000 }, () => {
  it('a folder: all is well, and what has no versions of its own is not held against it', async () => {
    expect(await check(`folder:${bench.folder}`)).toEqual({
      exitCode: 0,
      states: { ...ALL_WELL, clock: expect.any(String) as string, versioning: 'skipped' },
      wrong: [],
    });
    const gone = await check(`folder:${join(bench.folder, 'nowhere')}`);
    expect(gone).toMatchObject({ exitCode: 1, states: { reach: 'failed', write: 'skipped' } });
    expect(gone.wrong).toEqual([expect.stringContaining('Connect and mount its disk')]);
  });

  it.runIf(ceph)(
    'S3 (Ceph): all is well in the form of conditions that it keeps, and nothing is left',
    async () => {
      if (ceph === undefined) return;
      const bucket = await createBucket(ceph);
      const keys = {
        TWINCLOUD_S3_ACCESS_KEY_ID: ceph.accessKeyId,
        TWINCLOUD_S3_SECRET_ACCESS_KEY: ceph.secretAccessKey,
      };
      const remote = `s3://${bucket}/notes?endpoint=${encodeURIComponent(ceph.endpoint)}`;
      expect(await check(remote, keys)).toEqual({ exitCode: 0, states: ALL_WELL, wrong: [] });
    },
  );

  it('a port where nobody listens is named as that, for S3 and for Azure, and the account is thought of', async () => {
    const s3Keys = { TWINCLOUD_S3_ACCESS_KEY_ID: 'key', TWINCLOUD_S3_SECRET_ACCESS_KEY: 'secret' };
    const [s3, azure] = await Promise.all([
      check('s3://bucket/x?endpoint=http://127.0.0.1:9', s3Keys),
      check('azure://account/notes?endpoint=http://127.0.0.1:9/account', {
        TWINCLOUD_AZURE_ACCOUNT_KEY: btoa('key'),
      }),
    ]);
    for (const { exitCode, states } of [s3, azure]) {
      expect({ exitCode, reach: states['reach'], write: states['write'] }).toEqual({
        exitCode: 1,
        reach: 'failed',
        write: 'skipped',
      });
    }
    expect(s3.wrong.join()).toContain('the endpoint’s address');
    expect(azure.wrong.join()).toContain('the account’s name');
  });
});

describe.runIf(azurite)('`twincloud check` of Azure Blob (Azurite)', { timeout: 60_000 }, () => {
  async function opened(): Promise<{ remote: string; container: ContainerClient; key: NodeJS.ProcessEnv }> {
    if (azurite === undefined) throw new Error('the server did not start');
    const { accessKeyId, secretAccessKey, endpoint } = azurite;
    const name = await createContainer(azurite);
    const credential = new StorageSharedKeyCredential(accessKeyId, secretAccessKey);
    return {
      remote: `azure://${accessKeyId}/${name}/notes?endpoint=${endpoint}`,
      container: new ContainerClient(`${endpoint}/${name}`, credential),
      key: { TWINCLOUD_AZURE_ACCOUNT_KEY: secretAccessKey },
    };
  }

  it('all is well by key, by signature and by connection string, and nothing is left in the container', async () => {
    const { remote, container, key } = await opened();
    const { accessKeyId, secretAccessKey, endpoint } = azurite ?? { endpoint: '' };
    const text = `AccountName=${String(accessKeyId)};AccountKey=${String(secretAccessKey)};BlobEndpoint=${endpoint};`;
    const ways = [
      key,
      { TWINCLOUD_AZURE_SAS: await sasOf(container, 'racwdl') },
      { TWINCLOUD_AZURE_CONNECTION_STRING: text },
    ];
    for (const env of ways)
      expect(await check(remote, env)).toEqual({ exitCode: 0, states: ALL_WELL, wrong: [] });
    const left = [];
    for await (const { name } of container.listBlobsFlat()) left.push(name);
    expect(left).toEqual([]);
  });

  it('a wrong key, an absent container and a signature that ended are each told at their own step', async () => {
    const { remote, container, key } = await opened();
    const wrong = await check(remote, { TWINCLOUD_AZURE_ACCOUNT_KEY: btoa('another') });
    expect(wrong).toMatchObject({ exitCode: 1, states: { reach: 'ok', key: 'failed', write: 'skipped' } });
    expect(wrong.wrong).toEqual([expect.stringContaining('Copy the account key')]);
    const absent = await check(remote.replace(/container-[^/]+/u, 'no-such-container'), key);
    expect(absent).toMatchObject({ exitCode: 1, states: { reach: 'failed', write: 'skipped' } });
    expect(absent.wrong).toEqual([expect.stringContaining('create the container in the portal')]);
    const ended = await check(remote, { TWINCLOUD_AZURE_SAS: await sasOf(container, 'racwdl', -60_000) });
    expect(ended).toMatchObject({ exitCode: 1, states: { reach: 'ok', key: 'failed', write: 'skipped' } });
    expect(ended.wrong).toEqual([expect.stringContaining('expired')]);
  });

  it.each([
    ['write', 'rl', { write: 'failed', read: 'skipped', delete: 'skipped', conditions: 'skipped' }],
    ['list', 'racwd', { list: 'failed', write: 'ok', read: 'ok', delete: 'ok' }],
    ['delete', 'racwl', { list: 'ok', write: 'ok', read: 'ok', delete: 'failed' }],
    ['read', 'acwdl', { list: 'ok', write: 'ok', read: 'failed', delete: 'ok' }],
  ])('a signature without the right to %s is told by that right', async (_right, rights, states) => {
    const { remote, container } = await opened();
    const told = await check(remote, { TWINCLOUD_AZURE_SAS: await sasOf(container, rights) });
    expect(told).toMatchObject({ exitCode: 1, states });
    expect(told.wrong.join('\n')).toContain('Give a signature (SAS) the rights to read');
  });
});

/** Made by the SDK, as the portal does; `forMs` from now. */
async function sasOf(container: ContainerClient, rights: string, forMs = 3_600_000): Promise<string> {
  const address = await container.generateSasUrl({
    permissions: ContainerSASPermissions.parse(rights),
    startsOn: new Date(Date.now() - 3_600_000),
    expiresOn: new Date(Date.now() + forMs),
  });
  return address.slice(address.indexOf('?'));
}
