import { decodeHead, encodeHead } from '../../src/core/format/head-codec.ts';
import { blobKey, headKey } from '../../src/core/format/keys.ts';
import type { Entry } from '../../src/core/model/entry.ts';
import type { Head } from '../../src/core/model/head.ts';
import type { CommitId, ContentHash } from '../../src/core/model/ids.ts';
import { EMPTY_HASH } from '../../src/core/model/ids.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { EngineError, type Engine, type EngineDeps, type SyncReport } from '../../src/engine/api.ts';
import { isStoreError } from '../../src/storage/store-error.ts';

/** Stands in until there is an engine: uploads what differs from its base, else downloads. Loses edits on purpose. */
export function createToy(deps: EngineDeps): Engine {
  const sync = async (): Promise<SyncReport> => {
    const base = new Map((await deps.state.rows('base')) as ReadonlyMap<VaultPath, { hash: ContentHash }>);
    let head: Head | undefined;
    let etag: string | undefined;
    try {
      const got = await deps.store.get(headKey);
      if (got.kind === 'found') {
        const decoded = decodeHead(await deps.compression.gunzip(got.body, 1e6));
        if (decoded.ok) head = decoded.value;
        etag = got.etag;
      }
    } catch (error) {
      if (!isStoreError(error, 'not-found')) throw error;
    }
    const tree = new Map<VaultPath, Entry>();
    for (const record of head?.delta ?? []) for (const entry of record.entries) tree.set(entry.path, entry);
    const listing = await deps.vault.list({ include: (path) => !path.startsWith('.') });
    const generation = (head?.generation ?? 0) + 1;
    const entries: Entry[] = [];
    const rows: { path: VaultPath; hash: ContentHash }[] = [];
    for (const { path } of listing.files) {
      const { bytes, file } = await deps.vault.read(path);
      const hash = await deps.hashing.sha256(bytes);
      const there = tree.get(path);
      if (there?.hash === hash || there?.deleted === true) continue;
      if (there !== undefined && base.get(path)?.hash === hash && 'blob' in (there.at ?? {})) {
        const got = await deps.store.get((there.at as { blob: never }).blob);
        if (got.kind !== 'found') continue;
        const body = got.body;
        const staged = await deps.vault.stage((async function* () {
          await Promise.resolve();
          yield body;
        })());
        await deps.vault.install(staged, path, { expected: hash, hash: there.hash, mtimeMs: 0 });
        rows.push({ path, hash: there.hash });
        continue;
      }
      const key = blobKey(hash, deps.random.hex(16));
      if (hash !== EMPTY_HASH) await deps.store.put(key, bytes);
      entries.push({
        path, hash, sizeBytes: bytes.length, mtimeMs: file.mtimeMs, generation, device: deps.device.id, prev: [],
        ...(hash === EMPTY_HASH ? {} : { at: { blob: key } }),
      });
      rows.push({ path, hash });
    }
    if (entries.length > 0) {
      const commit = deps.random.hex(16) as CommitId;
      const record = { commit, generation, device: deps.device.id, deviceName: deps.device.name, timeMs: 0, entries };
      const next: Head = {
        format: 1, minClient: 1, vaultId: 'v', lineage: 'l', shards: [], deltas: [], spilled: 0,
        ...head, generation, commit, log: [...(head?.log ?? []), commit], delta: [...(head?.delta ?? []), record],
      };
      await deps.store.put(headKey, await deps.compression.gzip(encodeHead(next)), etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag });
    }
    if (rows.length > 0) await deps.state.write(rows.map(({ path, hash }) => ({ table: 'base', key: path, value: { hash } })));
    return { outcome: 'done', events: [], problems: [], held: [], conflicts: [], head: undefined };
  };
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new EngineError('cloud', 'toy', error);
    }
  };
  const nothing = (): Promise<never> => Promise.reject(new EngineError('aborted', 'toy'));
  return {
    sync: () => explained(sync()),
    preview: nothing, status: nothing, decideHeld: nothing, verify: nothing, history: nothing, restore: nothing,
    close: () => Promise.resolve(),
  };
}
