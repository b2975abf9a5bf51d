import { createHash } from 'node:crypto';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { bytes, getText, keys, listed, putText } from '../../contract/object-store/subject-fixture.ts';
import { ODD_KEYS } from '../../contract/object-store/suite-keys.ts';
import { createContainer, openContainer } from '../../support/servers/azure-container.mts';
import { sharedServerIfAny } from '../../support/servers/shared.mts';

const server = await sharedServerIfAny('azurite', process.env['CI'] === 'true');
const KEY = 'Folder/Ünïcödé & "more" #1?.md' as ObjectKey;
/** Azurite takes a tab out of what it lists, and the service takes no such name. */
const NAMES = [...ODD_KEYS.filter((name) => !/[\\\t]/u.test(name)), 'a/./b.md', 'a/../b.md', '..hidden/...'];

describe.runIf(server)('blobs beside Microsoft’s own client (Azurite)', { timeout: 60_000 }, () => {
  let store: ObjectStore;
  let sdk: ContainerClient;

  beforeAll(async () => {
    if (server === undefined) throw new Error('the server did not start');
    const container = await createContainer(server);
    const credential = new StorageSharedKeyCredential(server.accessKeyId, server.secretAccessKey);
    sdk = new ContainerClient(`${server.endpoint}/${container}`, credential);
    store = openContainer(server, { container, pieceBytes: 64 * 1024 });
  });

  it.each([
    ['in one request', 1000],
    ['in blocks', 200_000],
  ])('it reads what this store put %s: body, type, metadata and hash', async (_how, size) => {
    const body = new Uint8Array(size).map((_, index) => index % 251);
    const metadata = { path: 'Ünïcödé.md', plain: 'as it is' };
    const { etag } = await store.put(KEY, body, { contentType: 'text/markdown', metadata });
    const blob = sdk.getBlobClient(KEY);
    expect(new Uint8Array(await blob.downloadToBuffer())).toEqual(body);
    const properties = await blob.getProperties();
    const hash = createHash('md5').update(body).digest();
    expect(properties).toMatchObject({ contentType: 'text/markdown', contentLength: size });
    expect(properties.etag).toBe(`"${etag}"`);
    expect(Buffer.from(properties.contentMD5 ?? [])).toEqual(hash);
    expect(properties.metadata).toMatchObject({ plain: 'as it is' });
    expect((await store.head(KEY)).metadata).toEqual(metadata);
    const [entry] = await listed(store, KEY);
    expect(entry).toMatchObject({ md5: hash.toString('hex'), etag, sizeBytes: size });
    await store.delete(KEY);
  });

  it('this store reads and lists what it put, also without a hash', async () => {
    await sdk.getBlockBlobClient(KEY).upload('by hand\n', 8, { metadata: { own: '1' } });
    expect(await getText(store, KEY)).toBe('by hand\n');
    expect((await store.head(KEY)).metadata).toEqual({ own: '1' });
    expect(await keys(store)).toEqual([KEY]);
    await store.delete(KEY);
  });

  it('[ST23] odd names come back as they were, and are the same to both', async () => {
    for (const name of NAMES) await putText(store, name, `body of ${name}`);
    for (const name of NAMES) expect(await getText(store, name)).toBe(`body of ${name}`);
    const own = (await keys(store)).sort();
    expect(own).toEqual([...NAMES].sort());
    const theirs = [];
    for await (const { name } of sdk.listBlobsFlat()) theirs.push(name);
    expect(theirs.sort()).toEqual(own);
    for (const name of NAMES) await store.delete(name as ObjectKey);
    expect(await keys(store)).toEqual([]);
  });

  it('a body that changes on its way is refused by the hash that goes with it', async () => {
    if (server === undefined) throw new Error('the server did not start');
    const { fetchTransport } = await import('../../../src/cli/platform/fetch-transport.mts');
    const honest = fetchTransport();
    const changing = openContainer(server, {
      container: sdk.containerName,
      transport: {
        handle: (request, options) =>
          honest.handle(request.method === 'PUT' ? { ...request, body: bytes('changed') } : request, options),
      },
    });
    await expect(changing.put(KEY, bytes('as sent'))).rejects.toThrow(/MD5/iu);
    expect(await keys(store)).toEqual([]);
  });
});
