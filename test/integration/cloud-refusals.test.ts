import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer } from '../support/servers/azure-container.mts';
import { createBucket as createGcsBucket } from '../support/servers/gcs-bucket.mts';
import { startRefusingFront, type Refusal, type RefusingFront } from '../support/servers/refusing-front.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { AZURE, BUSY, GOOGLE, S3 } from './refusal-cases.ts';

const inCi = process.env['CI'] === 'true';
const s3 = await sharedServerIfAny('versitygw', inCi);
const azure = await sharedServerIfAny('azurite', inCi);
const google = await sharedServerIfAny('gcs', inCi);

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

interface Cloud {
  readonly remote: string;
  readonly env: NodeJS.ProcessEnv;
}

function known(server: ServerAddress | undefined): ServerAddress {
  if (server === undefined) throw new Error('a server did not start');
  return server;
}

const KINDS = {
  s3: {
    server: s3,
    cases: S3,
    open: async (origin: string): Promise<Cloud> => ({
      remote: `s3://${await createBucket(known(s3))}/notes?endpoint=${origin}&region=${known(s3).region}`,
      env: {
        TWINCLOUD_S3_ACCESS_KEY_ID: known(s3).accessKeyId,
        TWINCLOUD_S3_SECRET_ACCESS_KEY: known(s3).secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    }),
  },
  azure: {
    server: azure,
    cases: AZURE,
    open: async (origin: string): Promise<Cloud> => {
      const { accessKeyId, secretAccessKey } = known(azure);
      const container = await createContainer(known(azure));
      return {
        remote: `azure://${accessKeyId}/${container}/notes?endpoint=${origin}/${accessKeyId}`,
        env: { TWINCLOUD_AZURE_ACCOUNT_KEY: secretAccessKey },
      };
    },
  },
  google: {
    server: google,
    cases: GOOGLE,
    open: async (origin: string): Promise<Cloud> => ({
      remote: `gcs:${await createGcsBucket(known(google))}/notes`,
      env: { TWINCLOUD_GCS_KEY: known(google).secretAccessKey, STORAGE_EMULATOR_HOST: origin },
    }),
  },
};

const isWrite = ({ method }: IncomingMessage): boolean => method === 'PUT' || method === 'POST';

describe.each(['s3', 'azure', 'google'] as const)('%s refuses in the midst of a sync', (kind) => {
  const { server, cases, open } = KINDS[kind];
  let front: RefusingFront;
  let cloud: Cloud;
  let count = 0;
  beforeAll(async () => {
    if (server !== undefined) front = await startRefusingFront(new URL(server.endpoint).origin);
  });
  afterAll(() => front.stop());
  beforeEach(async () => {
    front.refuse = undefined;
    cloud = await open(front.origin);
    await bench.write('first.md', 'first\n');
  });
  afterEach(() => {
    front.refuse = undefined;
  });

  const run = (args: readonly string[], device = 'a'): Promise<Finished> =>
    bench.run(args, { device, env: { ...cloud.env, TWINCLOUD_TIMEOUT_SECONDS: '5' } });
  const sync = (device = 'a'): Promise<Finished> =>
    run(['sync', '--remote', cloud.remote, '--device-name', device, '--accept-first'], device);

  /** From the second write on, whatever is asked. */
  function refuseInMidst(answer: Refusal): void {
    let writes = 0;
    let isOn = false;
    front.refuse = (request) => {
      isOn ||= isWrite(request) && (writes += 1) > 1;
      return isOn ? answer : undefined;
    };
  }

  /** A new note and one that is edited; the new one's path. */
  async function edit(): Promise<string> {
    count += 1;
    await bench.write(`new ${String(count)}.md`, `new ${String(count)}\n`);
    await bench.write('first.md', `first\n${String(count)}\n`);
    return `new ${String(count)}.md`;
  }

  it.runIf(server !== undefined)(
    'as the primary: told with its remedy, nothing is lost, and once it is well the next sync completes',
    { timeout: 240_000 },
    async () => {
      expect((await sync('a')).exitCode).toBe(0);
      expect((await sync('b')).exitCode).toBe(0);
      const written = ['first.md'];
      for (const { name, answer, said } of cases) {
        written.push(await edit());
        refuseInMidst(answer);
        const { exitCode, stderr } = await sync('a');
        expect({ name, exitCode, stderr }).toEqual({
          name,
          exitCode: 1,
          stderr: expect.stringMatching(said) as string,
        });
        expect(stderr).not.toMatch(/\n\s+at |should not have happened/u);
        front.refuse = undefined;
        expect({ name, ...(await sync('a')) }).toMatchObject({ name, exitCode: 0, stderr: '' });
      }
      expect((await sync('b')).exitCode).toBe(0);
      for (const path of written) expect(await bench.read(path, 'b')).toBe(await bench.read(path));
      expect((await run(['verify', '--full'], 'b')).stdout).toContain('No damage was found');
    },
  );

  it.runIf(server !== undefined)(
    '[RE8] as a backup: the sync ends as saved, and once it is well it is protected again',
    { timeout: 240_000 },
    async () => {
      const primary = { ...cloud, remote: bench.remote };
      const backup = cloud.remote;
      cloud = primary;
      expect((await sync('a')).exitCode).toBe(0);
      expect(await run(['backup', 'add', 'spare', backup])).toMatchObject({ exitCode: 0 });
      expect((await sync('a')).exitCode).toBe(0);
      for (const { name, answer, said } of cases) {
        await edit();
        refuseInMidst(answer);
        const { exitCode, stderr } = await sync('a');
        expect({ name, exitCode, stderr }).toEqual({
          name,
          exitCode: 0,
          stderr: expect.stringMatching(said) as string,
        });
        expect(stderr).toContain('The backup spare is behind.');
        front.refuse = undefined;
        expect({ name, ...(await sync('a')) }).toMatchObject({ name, exitCode: 0, stderr: '' });
      }
      expect((await run(['status'])).stdout).toContain('Backup spare: protected');
      expect((await run(['backup', 'verify', '--full'])).stdout).not.toContain('put again');
    },
  );

  it.runIf(server !== undefined)(
    'a burst of requests to be slower is waited for, and nobody notices',
    { timeout: 120_000 },
    async () => {
      expect((await sync('a')).exitCode).toBe(0);
      await edit();
      const answers = [...BUSY[kind]];
      front.refuse = () => answers.pop();
      expect(await sync('a')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(answers).toEqual([]);
      expect((await sync('b')).exitCode).toBe(0);
      expect(await bench.read('first.md', 'b')).toBe(await bench.read('first.md'));
    },
  );
});

describe.runIf(azure !== undefined)('a container', { timeout: 120_000 }, () => {
  it('that is deleted in the midst of a sync is told as that; made again, it gets everything', async () => {
    const server = known(azure);
    const front = await startRefusingFront(new URL(server.endpoint).origin);
    const cloud = await KINDS.azure.open(front.origin);
    const name = /azure:\/\/[^/]+\/(?<name>[^/]+)/u.exec(cloud.remote)?.groups?.['name'] ?? '';
    const key = new StorageSharedKeyCredential(server.accessKeyId, server.secretAccessKey);
    const container = new ContainerClient(`${server.endpoint}/${name}`, key);
    const sync = (): Promise<Finished> => bench.run(['sync', '--remote', cloud.remote], { env: cloud.env });
    await bench.write('note.md', 'one\n');
    expect((await sync()).exitCode).toBe(0);
    await bench.write('note.md', 'one\ntwo\n');
    let isGone = false;
    front.refuse = async (request) => {
      if (isWrite(request) && !isGone) {
        isGone = true;
        await container.delete();
      }
      return undefined;
    };
    const stopped = await sync();
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('There is no container of this name.');
    expect(await bench.read('note.md')).toBe('one\ntwo\n');
    await container.createIfNotExists();
    // An empty cloud in the place of a full one is a person's affair: nothing is deleted on account of it.
    const asked = await sync();
    expect(asked.exitCode).toBe(1);
    expect(asked.stderr).toMatch(/twincloud /u);
    expect(await bench.read('note.md')).toBe('one\ntwo\n');
    await front.stop();
  });
});

const TLS = new URL('../fixtures/tls/', import.meta.url);

/** Certificates are refused by the transport, so one cloud of each transport: that of S3, and that of Google. */
describe.each(['s3', 'google'] as const)('%s behind TLS', (kind) => {
  const { server, open } = KINDS[kind];

  it.runIf(server !== undefined).each([
    { cert: 'self-signed.pem', said: /certificate was made by somebody whom this device does not know/u },
    { cert: 'expired.pem', isKnown: true, said: /certificate has expired/u },
    { cert: 'other-host.pem', isKnown: true, said: /certificate is for another host name/u },
  ])(
    'a certificate that is not to be trusted ($cert) is told as that, and gets nothing',
    { timeout: 60_000 },
    async ({ cert, isKnown = false, said }) => {
      const text = await readFile(new URL(cert, TLS), 'utf8');
      const key = await readFile(new URL('key.pem', TLS), 'utf8');
      const front = await startRefusingFront(new URL(known(server).endpoint).origin, { key, cert: text });
      let requests = 0;
      front.refuse = () => {
        requests += 1;
        return undefined;
      };
      const { remote, env } = await open(front.origin);
      const trust = isKnown ? { NODE_EXTRA_CA_CERTS: fileURLToPath(new URL(cert, TLS)) } : {};
      await bench.write('note.md', 'one\n');
      const { exitCode, stderr } = await bench.run(['sync', '--remote', remote], {
        env: { ...env, ...trust },
      });
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(said) as string });
      expect(stderr).toContain('renew the certificate');
      expect(requests).toBe(0);
      await front.stop();
    },
  );
});
