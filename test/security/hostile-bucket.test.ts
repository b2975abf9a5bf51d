import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeClock } from '../../src/cli/platform/clock.mts';
import { nodeCompression } from '../../src/cli/platform/compression.mts';
import { FolderVault } from '../../src/cli/platform/folder-vault.mts';
import { nodeHashing } from '../../src/cli/platform/hashing.mts';
import { nodeRandom } from '../../src/cli/platform/random.mts';
import { blobKey, deltaKey, headKey, packKey, shardKey } from '../../src/core/format/keys.ts';
import type { ContentHash, DeviceId, ObjectKey } from '../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS, type Engine } from '../../src/engine/api.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { GetOptions, GetResult } from '../../src/storage/object-store.ts';

const MIB = 1024 * 1024;
const ZEROES = 256 * MIB;
/** What a bomb may cost at most beside what a sync takes anyway. */
const ROOM = 120 * MIB;

interface HostileEntry {
  path: string;
  size: number;
  hash: string;
  at?: unknown[];
}

interface PlainHead {
  delta: { entries: HostileEntry[] }[];
}

/** Counts what it gives. */
class CountingStore extends MemoryStore {
  given = 0;

  override async get(key: ObjectKey, options?: GetOptions): Promise<GetResult> {
    const result = await super.get(key, options);
    if (result.kind === 'found') this.given += result.body.length;
    return result;
  }
}

let folder: string;
let store: CountingStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twincloud-hostile-'));
  store = new CountingStore({ clock: nodeClock });
  await mkdir(join(folder, 'writer'));
  await mkdir(join(folder, 'vault'));
  await writeFile(join(folder, 'writer', 'good.md'), 'a good note');
  await device('writer').sync();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function device(name: string): Engine {
  return createEngine({
    vault: new FolderVault(join(folder, name)),
    store,
    state: new MemoryState(),
    clock: nodeClock,
    random: nodeRandom,
    hashing: nodeHashing,
    compression: nodeCompression,
    log: { write: () => undefined },
    device: { id: nodeRandom.hex(16) as DeviceId, name },
    settings: { ...DEFAULT_SETTINGS, readableCopy: false },
  });
}

async function body(key: ObjectKey): Promise<Buffer> {
  const found = await store.get(key);
  if (found.kind !== 'found') throw new Error(`${key} is not there`);
  return Buffer.from(found.body);
}

/** What a person with a key to the bucket can do: write a head of their own making. */
async function rewriteHead(change: (head: PlainHead) => void): Promise<void> {
  const head = JSON.parse(gunzipSync(await body(headKey)).toString()) as PlainHead;
  change(head);
  await store.put(headKey, gzipSync(`${JSON.stringify(head)}\n`));
}

function addPath(path: string): Promise<void> {
  return rewriteHead((head) => {
    const [good] = head.delta[0]?.entries ?? [];
    if (good === undefined) throw new Error('no entry');
    head.delta[0]?.entries.push({ ...good, path });
  });
}

/** Every file below the folder of the test, but for what the writer has. */
async function filesThere(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('writer/'))
    .sort();
}

/** Syncs the vault; a refusal is its message. */
async function synced(): Promise<string> {
  try {
    const report = await device('vault').sync({ acceptFirst: true });
    return report.problems.map((problem) => problem.message).join('\n');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('a head that somebody else wrote', () => {
  it.each([
    '../evil.md',
    '../../../../../../tmp/evil.md',
    'folder/../../evil.md',
    '/tmp/evil.md',
    './evil.md',
    'folder//evil.md',
    'evil\0.md',
    '..',
    '',
    'evil\ud800.md',
  ])('cannot name a path that leads elsewhere: %j', async (path) => {
    await addPath(path);
    expect(await synced()).toMatch(/\.twincloud\/head/u);
    expect(await filesThere()).toEqual([]);
  });

  it.each([
    '.twincloud/evil.md',
    '.twincloud-staging/evil.md',
    '.Twincloud/evil.md',
    '.trash/evil.md',
    '.obsidian/plugins/evil/main.js',
    '.git/hooks/post-checkout',
    'folder/.hidden/evil.sh',
  ])('cannot write where no note lies: %s', async (path) => {
    await addPath(path);
    await synced();
    expect(await filesThere()).toEqual(['vault/good.md']);
  });

  it.each(['..\\evil.md', 'C:\\evil.md', 'C:/evil.md', '\\\\host\\share\\evil.md', 'con.md', 'a:b.md'])(
    'has names that only some systems understand within the vault, if at all: %s',
    async (path) => {
      await addPath(path);
      await synced();
      expect((await filesThere()).filter((file) => !file.startsWith('vault/'))).toEqual([]);
      expect(await readFile(join(folder, 'vault', 'good.md'), 'utf8')).toBe('a good note');
    },
  );

  it('cannot write through a link that is in the vault', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'vault', 'link'));
    await addPath('link/evil.md');
    await synced();
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('cannot replace a note by contents that are not what it says', async () => {
    await writeFile(join(folder, 'vault', 'good.md'), 'a good note');
    await rewriteHead((head) => {
      for (const entry of head.delta[0]?.entries ?? []) entry.hash = 'f'.repeat(64);
    });
    await synced();
    expect(await readFile(join(folder, 'vault', 'good.md'), 'utf8')).toBe('a good note');
  });

  it('reaches no prototype', async () => {
    const head = gunzipSync(await body(headKey)).toString();
    const spoilt = head.replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    await store.put(headKey, gzipSync(spoilt));
    await synced();
    expect('polluted' in {}).toBe(false);
  });
});

describe('an object that is far larger than it looks', () => {
  let zipped: Buffer;
  beforeAll(() => {
    zipped = gzipSync(Buffer.alloc(ZEROES), { level: 1 });
  });

  it.each(['head', 'shard', 'delta'] as const)(
    'stops the sync before it fills the memory: a %s',
    async (kind) => {
      if (kind === 'head') await store.put(headKey, zipped);
      else await putTree(kind, zipped);
      const before = process.memoryUsage().rss;
      expect(await synced()).not.toBe('');
      expect(process.memoryUsage().rss - before).toBeLessThan(ROOM);
      expect(await filesThere()).toEqual([]);
    },
  );

  it('stops a note that unpacks to more than it says', async () => {
    const bomb = deflateRawSync(Buffer.alloc(ZEROES), { level: 1 });
    const pack = packKey('a'.repeat(32));
    await store.put(pack, bomb);
    await rewriteHead((head) => {
      for (const entry of head.delta[0]?.entries ?? []) entry.at = [pack, 0, bomb.length, 'deflate'];
    });
    const before = process.memoryUsage().rss;
    const said = await synced();
    expect(process.memoryUsage().rss - before).toBeLessThan(ROOM);
    expect(said).toContain('good.md');
    expect(await filesThere()).toEqual([]);
  });
});

describe('an object that is simply huge', () => {
  const huge = Buffer.alloc(ZEROES);

  it.each(['head', 'shard', 'delta'] as const)(
    'is not read beyond the limit of its kind: a %s',
    async (kind) => {
      if (kind === 'head') await store.put(headKey, huge);
      else await putTree(kind, huge);
      store.given = 0;
      expect(await synced()).toMatch(/more than any of its kind/u);
      // A sync that fails looks twice.
      expect(store.given).toBeLessThan(kind === 'head' ? 16 * MIB : 2 * 64 * MIB + MIB);
      expect(await filesThere()).toEqual([]);
    },
  );

  it('is not read beyond the size of the note that it should hold', async () => {
    const blob = blobKey('a'.repeat(64) as ContentHash, 'b'.repeat(16));
    await store.put(blob, huge);
    await rewriteHead((head) => {
      for (const entry of head.delta[0]?.entries ?? []) entry.at = [blob];
    });
    store.given = 0;
    expect(await synced()).toContain('good.md');
    expect(store.given).toBeLessThan(MIB);
    expect(await filesThere()).toEqual([]);
  });
});

/** A head whose tree lies in one object, which is the bomb. */
async function putTree(kind: 'shard' | 'delta', bomb: Buffer): Promise<void> {
  const hash = await nodeHashing.sha256(bomb);
  const key = kind === 'shard' ? shardKey(hash) : deltaKey('b'.repeat(32));
  await store.put(key, bomb);
  await rewriteHead((head) => {
    const stamp: Record<string, unknown> = { ...head.delta[0] };
    delete stamp['entries'];
    Object.assign(
      head,
      { delta: [] },
      kind === 'shard' ? { shards: [hash], shardsAt: stamp } : { deltas: [key], spilled: 1 },
    );
  });
}
