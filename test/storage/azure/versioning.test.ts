import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeRandom } from '../../../src/cli/platform/random.mts';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { createAzureStore } from '../../../src/storage/azure/azure-store.ts';
import type { TellsVersioning } from '../../../src/storage/versioning.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';

/** The store of a server that takes every put and answers with these headers besides: Azurite has no versions. */
async function storeOf(headers: Readonly<Record<string, string>>): Promise<ObjectStore & TellsVersioning> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      response.writeHead(201, { etag: '"0x1"', 'last-modified': new Date(0).toUTCString(), ...headers });
      response.end();
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const access = { kind: 'key', account: 'account', key: btoa('key'), endpoint } as const;
  const store = createAzureStore({
    container: 'notes',
    access: () => Promise.resolve(access),
    now: Date.now,
    random: nodeRandom,
  });
  onTestFinished(async () => {
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return store;
}

describe('versions of blobs on Azure', () => {
  it('[ST54] the answer to a put tells of them: named, they are kept; not named, they are not', async () => {
    const keeps = await storeOf({ 'x-ms-version-id': '2026-11-23T12:00:00.0000000Z' });
    expect(await keeps.versioning()).toBe('unknown');
    await keeps.put('probe' as ObjectKey, new Uint8Array(1));
    expect(await keeps.versioning()).toBe('on');
    const keepsNot = await storeOf({});
    await keepsNot.put('probe' as ObjectKey, new Uint8Array(1));
    expect(await keepsNot.versioning()).toBe('off');
  });
});
