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

const inCi = process.env['CI'] === 'true';
const s3 = await sharedServerIfAny('versitygw', inCi);
const azure = await sharedServerIfAny('azurite', inCi);
const google = await sharedServerIfAny('gcs', inCi);

const DAY_MS = 86_400_000;
const PAGE = '<!DOCTYPE html><html><body><h1>Welcome to the hotel</h1></body></html>';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

interface Case {
  readonly name: string;
  readonly answer: Refusal;
  readonly said: RegExp;
}

const html: Case = {
  name: 'a page with 200',
  answer: { status: 200, headers: { 'content-type': 'text/html' }, body: PAGE },
  said: /damaged or incomplete|not understood|a proxy or firewall may be in the way/u,
};

function xml(status: number, code: string, message: string, headers: Record<string, string> = {}): Refusal {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  // Azure's SDK reads its code here, S3's does not look.
  return {
    status,
    body,
    headers: { 'content-type': 'application/xml', 'x-ms-error-code': code, ...headers },
  };
}

function json(
  status: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Refusal {
  const body = JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } });
  return { status, body, headers: { 'content-type': 'application/json', ...headers } };
}

const otherDay = { date: new Date(Date.now() - DAY_MS).toUTCString() };

const S3: readonly Case[] = [
  {
    name: 'a key that expired',
    answer: xml(400, 'ExpiredToken', 'The token has expired.'),
    said: /temporary key has expired.*Get a new one/u,
  },
  {
    name: 'a key that was revoked',
    answer: xml(403, 'InvalidAccessKeyId', 'Unknown.'),
    said: /does not know this access key.*Copy the access key id/u,
  },
  {
    name: 'a bucket that was deleted',
    answer: xml(404, 'NoSuchBucket', 'Gone.'),
    said: /no bucket of this name.*create the bucket/u,
  },
  {
    name: 'a quota that is full',
    answer: xml(403, 'QuotaExceeded', 'Quota.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'storage that is full',
    answer: xml(507, 'InsufficientStorage', 'Full.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'an account that is closed',
    answer: xml(403, 'AllAccessDisabled', 'All access is disabled.'),
    said: /account of this cloud is disabled.*a bill may be open/u,
  },
  {
    name: 'a clock a day off',
    answer: xml(403, 'RequestTimeTooSkewed', 'Skewed.', otherDay),
    said: /clock of this device is off.*Set the date/u,
  },
  html,
];

const AZURE: readonly Case[] = [
  {
    name: 'a key that was renewed',
    answer: xml(403, 'AuthenticationFailed', 'Server failed to authenticate the request.'),
    said: /does not accept this account key.*Copy the account key/u,
  },
  {
    name: 'a signature that expired',
    answer: xml(403, 'AuthenticationFailed', 'Signature not valid in the specified time frame.'),
    said: /temporary key has expired.*Get a new one/u,
  },
  {
    name: 'a container that was deleted',
    answer: xml(404, 'ContainerNotFound', 'Gone.'),
    said: /no container of this name.*create the container/u,
  },
  {
    name: 'storage that is full',
    answer: { status: 507 },
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'an account that is disabled',
    answer: xml(403, 'AccountIsDisabled', 'The account is disabled.'),
    said: /account of this cloud is disabled.*a bill may be open/u,
  },
  {
    name: 'missing rights',
    answer: xml(403, 'InsufficientAccountPermissions', 'No.'),
    said: /has no right to do this.*Give a signature/u,
  },
  html,
];

const GOOGLE: readonly Case[] = [
  {
    name: 'a key that was revoked',
    answer: json(401, 'authError', 'Invalid Credentials'),
    said: /does not take this key any more.*Make a new JSON key/u,
  },
  {
    name: 'a bucket that was deleted',
    answer: json(404, 'notFound', 'The specified bucket does not exist.'),
    said: /no bucket of this name.*create the bucket/u,
  },
  {
    name: 'a quota that is full',
    answer: json(403, 'quotaExceeded', 'Quota.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'storage that is full',
    answer: json(507, '', 'Full.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'an unpaid bill',
    answer: json(403, 'forbidden', 'The billing account for the owning project is disabled.'),
    said: /account of this cloud is disabled.*billing account.*a bill may be open/u,
  },
  {
    name: 'an account that is disabled',
    answer: json(403, 'accountDisabled', 'Disabled.'),
    said: /account of this cloud is disabled.*a bill may be open/u,
  },
  html,
];

/** A refusal of each kind that passes when it is asked again. */
const BUSY = {
  s3: [xml(503, 'SlowDown', 'Slow down.', { 'retry-after': '1' }), xml(429, 'TooManyRequests', 'Slow down.')],
  azure: [xml(503, 'ServerBusy', 'Busy.', { 'retry-after': '1' }), xml(429, 'TooManyRequests', 'Slow down.')],
  google: [
    json(429, 'rateLimitExceeded', 'Slow down.', { 'retry-after': '1' }),
    json(403, 'userRateLimitExceeded', 'Slow down.'),
    json(503, 'backendError', 'Busy.'),
  ],
};

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
