import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeRandom } from '../../src/cli/platform/random.mts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../src/engine/memory/memory-vault.ts';
import { FolderStore } from '../../src/storage/folder/folder-store.mts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { withPrefix } from '../../src/storage/wrappers/with-prefix.ts';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { bench as benchInMemory, hashing, type TestDevice } from '../engine/two-devices.ts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { CloudBench } from './cloud-bench.ts';

const s3 = await sharedServerIfAny('versitygw', process.env['CI'] === 'true');
const DAY_MS = 86_400_000;
const LARGE_BYTES = 1_500_000;

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

/** Time that goes on when told: for a device, and for clouds whose servers have the true one. */
class MovedTime {
  /** From noon of the next day: what belongs to one day is not cut by a midnight. */
  aheadMs = 1.5 * DAY_MS - (Date.now() % DAY_MS);
  readonly now = (): number => Date.now() + this.aheadMs;
  readonly sleep = async (): Promise<void> => Promise.resolve();

  days(count: number): void {
    this.aheadMs += count * DAY_MS;
  }

  /** The cloud as it would be had so much time passed there: each object is as old as it would be. */
  store(inner: ObjectStore): ObjectStore {
    const aheadOf = new Map<string, number>();
    const moved = <T extends object>(key: string, result: T): T => {
      const { lastModifiedMs, serverTimeMs } = result as { lastModifiedMs?: number; serverTimeMs?: number };
      return {
        ...result,
        ...(lastModifiedMs === undefined ? {} : { lastModifiedMs: lastModifiedMs + (aheadOf.get(key) ?? 0) }),
        ...(serverTimeMs === undefined ? {} : { serverTimeMs: serverTimeMs + this.aheadMs }),
      };
    };
    return {
      capabilities: inner.capabilities,
      get: async (key, options) => moved(key, await inner.get(key, options)),
      head: async (key, options) => moved(key, await inner.head(key, options)),
      put: async (key, body, options) => {
        const version = await inner.put(key, body, options);
        aheadOf.set(key, this.aheadMs);
        return moved(key, version);
      },
      copy: async (from, to, options) => {
        const version = await inner.copy(from, to, options);
        aheadOf.set(to, this.aheadMs);
        return moved(to, version);
      },
      delete: (key, options) => inner.delete(key, options),
      list: async function* (this: MovedTime, prefix: string, options?: Parameters<ObjectStore['list']>[1]) {
        for await (const page of inner.list(prefix, options)) {
          const objects = page.objects.map((object) => moved(object.key, object));
          yield { ...moved('', page), objects };
        }
      }.bind(this),
      close: () => inner.close(),
    };
  }
}

describe.runIf(s3 !== undefined)('a backup of a vault on a real server', { timeout: 180_000 }, () => {
  let cloud: CloudBench;
  let time: MovedTime;
  let device: TestDevice;
  let touches = 0;
  const disk = (): string => join(bench.folder, 'disk');

  beforeEach(async () => {
    if (s3 === undefined) throw new Error('a server did not start');
    cloud = new CloudBench(bench, s3, { bucket: await createBucket(s3), conditionForm: 'quoted' });
    time = new MovedTime();
    await mkdir(disk());
    const vault = new MemoryVault({ clock: time, hashing });
    const backup = new FolderStore({
      folder: disk(),
      clock: { now: Date.now },
      random: { hex: (digits) => nodeRandom.hex(digits) },
    });
    const settings = {
      vault,
      state: new MemoryState(),
      clock: time,
      through: () => time.store(withPrefix(cloud.store, 'my notes/')),
      backups: [{ name: 'disk', store: time.store(backup) }],
    };
    device = benchInMemory().device('phone', settings);
  });
  afterEach(() => cloud.store.close());

  async function done(args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await cloud.run(args, 'a');
    expect(exitCode, `${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }

  async function synced(): Promise<void> {
    if ((await device.engine.sync({ acceptFirst: true, backups: 'always' })).outcome !== 'held') return;
    await device.engine.decideHeld('apply');
    await device.engine.sync({ backups: 'always' });
  }

  async function compacted(): Promise<void> {
    touches += 1;
    for (let index = 0; index < 260; index += 1)
      device.vault.userWrite(`filler/${String(index)}.md`, `filler ${String(index)} ${String(touches)}\n`);
    await synced();
  }

  async function daysPass(count: number, each = 1.05): Promise<void> {
    for (let day = 0; day < count; day += 1) {
      time.days(each);
      touches += 1;
      device.vault.userWrite('touched.md', `${String(touches)}\n`);
      await synced();
    }
  }

  async function bytesOnDisk(): Promise<number> {
    const files = await readdir(disk(), { recursive: true, withFileTypes: true });
    const sizes = files.map(async (one) =>
      one.isFile() ? (await stat(join(one.parentPath, one.name))).size : 0,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  it('[RE23] [RE24] shrinks with it, and drill, verify and restore still give all', async () => {
    const large = (seed: number): Uint8Array =>
      new Uint8Array(LARGE_BYTES).map((_, index) => (index * seed + (index >> 9)) & 255);
    device.vault.userWrite('note.md', 'one\n');
    for (const seed of [3, 5, 7]) {
      device.vault.userWrite('large.bin', large(seed));
      await synced();
    }
    for (let times = 0; times < 4; times += 1) {
      // The server's times are whole seconds.
      time.days(1 / 1440);
      await compacted();
    }
    await daysPass(3);
    const before = await bytesOnDisk();
    await daysPass(4, 12);
    await daysPass(12);
    const after = await bytesOnDisk();
    process.stdout.write(`backup: ${String(before)} B, and ${String(after)} B two months later\n`);
    expect(before - after).toBeGreaterThan(2 * LARGE_BYTES);
    const blobs = await cloud.keys('.twincloud/blobs/');
    expect(blobs).toHaveLength(1);

    expect((await cloud.sync('a', '--accept-first')).exitCode).toBe(0);
    await done(['backup', 'add', 'disk', `folder:${disk()}`]);
    await done(['sync']);
    expect(await done(['status'])).toMatch(/Backup disk: protected/u);
    expect(await done(['drill'])).toMatch(
      /Backup disk: 263 files.* can be restored; 263 are as in the vault/u,
    );
    expect(await done(['backup', 'verify', 'disk', '--full'])).not.toContain('put again');
    const to = join(bench.folder, 'restored');
    await done(['restore', '--all', '--from', 'disk', '--to', to]);
    expect((await readFile(join(to, 'large.bin'))).equals(large(7))).toBe(true);
    expect(await readFile(join(to, 'note.md'), 'utf8')).toBe('one\n');
  });
});
