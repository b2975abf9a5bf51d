import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { openStore } from '../../src/cli/compose.mts';
import type { RemoteSpec } from '../../src/cli/remote.mts';
import type { ObjectKey } from '../../src/core/model/ids.ts';

/** Listens, then never takes a connection: once its queue is full, the system leaves callers without an answer. */
const DEAF = `
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
});

it.runIf(process.platform === 'linux')(
  'a server that takes no connection is given up after 10 s',
  async () => {
    const server = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
    cleanups.push(() => server.kill('SIGKILL'));
    const [said] = (await once(server.stdout, 'data')) as [Buffer];
    const port = Number(said.toString());
    const waiting: Socket[] = [];
    cleanups.push(() => {
      for (const socket of waiting) socket.destroy();
    });
    for (let count = 0; count < 4; count += 1)
      waiting.push(connect(port, '127.0.0.1').on('error', () => undefined));
    const endpoint = `http://127.0.0.1:${String(port)}`;
    const remote = {
      kind: 's3',
      bucket: 'bucket',
      prefix: '',
      region: 'us-east-1',
      endpoint,
      pathStyle: true,
    } as const;
    process.env['TWINCLOUD_S3_ACCESS_KEY_ID'] = 'KEY';
    process.env['TWINCLOUD_S3_SECRET_ACCESS_KEY'] = 'secret';
    const store = await openStore(remote, { conditionForm: 'quoted', create: false });
    cleanups.push(() => void store.close());
    const startMs = performance.now();
    await expect(store.head('a' as ObjectKey)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - startMs).toBeLessThan(15_000);
  },
  40_000,
);

it('a get that is taken and never answered is given up as soon as any other call', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  vi.stubEnv('TWINCLOUD_TIMEOUT_SECONDS', '1');
  vi.stubEnv('TWINCLOUD_S3_ACCESS_KEY_ID', 'KEY');
  vi.stubEnv('TWINCLOUD_S3_SECRET_ACCESS_KEY', 'secret');
  cleanups.push(() => vi.unstubAllEnvs());
  const remote = { kind: 's3', bucket: 'bucket', prefix: '', region: 'us-east-1', endpoint, pathStyle: true };
  const store = await openStore(remote as RemoteSpec, { conditionForm: 'quoted', create: false });
  cleanups.push(() => void store.close());
  const startMs = performance.now();
  // Nobody knows the size of it: a time by the largest object would be an hour.
  await expect(store.get('.twincloud/head' as ObjectKey)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(performance.now() - startMs).toBeLessThan(8_000);
});
