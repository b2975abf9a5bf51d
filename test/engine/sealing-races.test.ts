import { describe, expect, it } from 'vitest';
import { headKey } from '../../src/core/format/keys.ts';
import type { DeviceId } from '../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS, EngineError, type EngineDeps } from '../../src/engine/api.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { clearPlain } from '../../src/engine/sealing/clear-plain.ts';
import { sealCloud } from '../../src/engine/sealing/seal-cloud.ts';
import type { Sides } from '../../src/engine/sealing/sides.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { isStoreError } from '../../src/storage/store-error.ts';
import { VaultKey } from '../../src/storage/sealed/vault-key.ts';
import { withEncryption } from '../../src/storage/sealed/with-encryption.ts';
import { FaultyStore } from '../support/faulty-store.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { bench, compression, contentsOf, hashing, type Bench, type TestDevice } from './two-devices.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 25);
const key = await VaultKey.create();

let engines = 1000;
/** What devices that have the key write into their logs. */
const logged: string[] = [];

function depsOf({ clock }: Bench, store: ObjectStore, id: number): EngineDeps {
  engines += 1;
  return {
    vault: undefined as never,
    store: withEncryption(store, { key: () => Promise.resolve(key), gzip: compression }),
    state: new MemoryState(),
    clock,
    // No two engines make the same names.
    random: new SeededRandom(engines),
    hashing,
    compression,
    log: { write: (_level, kind) => void logged.push(kind) },
    device: { id: String(id).padStart(16, '0') as DeviceId, name: `device ${String(id)}` },
    settings: { ...DEFAULT_SETTINGS, readableCopy: false },
  };
}

function sidesOf(at: Bench, store: ObjectStore): Sides {
  const deps = depsOf(at, store, 77);
  return { deps, plain: store, sealed: deps.store };
}

/** A device that writes lines nobody else writes, and syncs in the clear until it is told not to. */
class Writer {
  readonly lines: string[] = [];
  isStopped = false;
  #device: TestDevice;
  readonly #random: SeededRandom;
  readonly #id: number;

  constructor(device: TestDevice, id: number, random: SeededRandom) {
    this.#device = device;
    this.#id = id;
    this.#random = random;
  }

  get device(): TestDevice {
    return this.#device;
  }

  write(): void {
    const line = `line ${String(this.lines.length)} of ${this.#device.name}`;
    this.lines.push(line);
    const path = `notes/${String(this.#random.below(4))}.md`;
    const before = this.#device.vault.userRead(path);
    const text = before === undefined ? 'title\n' : new TextDecoder().decode(before);
    this.#device.vault.userWrite(path, `${text}${line}\n`);
  }

  async sync(): Promise<void> {
    if (this.isStopped) return;
    try {
      await this.#device.engine.sync({ acceptFirst: true });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.kind === 'encrypted-bucket') this.isStopped = true;
      else if (error.kind !== 'busy') throw error;
    }
  }

  join(at: Bench): void {
    const { vault, state, name } = this.#device;
    const deps = depsOf(at, at.store, this.#id);
    this.#device = { name, vault, state, engine: createEngine({ ...deps, vault, state }) };
  }
}

/** At random calls something else happens first; and sometimes the run dies there. */
function meddledWith(store: ObjectStore, random: SeededRandom, meddle: () => Promise<void>): FaultyStore {
  let isDead = false;
  let isBusy = false;
  return new FaultyStore(store, () => {
    if (isDead) return { kind: 'fail-before' };
    if (isBusy) return undefined;
    if (random.chance(0.02)) {
      isDead = true;
      return { kind: random.chance(0.5) ? 'fail-after' : 'fail-before' };
    }
    if (!random.chance(0.15)) return undefined;
    const until = async (): Promise<void> => {
      isBusy = true;
      try {
        await meddle();
      } finally {
        isBusy = false;
      }
    };
    return { kind: 'delay', until, when: random.chance(0.5) ? 'before' : 'after' };
  });
}

async function work(sides: Sides): Promise<boolean> {
  try {
    await sealCloud(sides);
    await clearPlain(sides);
    return true;
  } catch (error) {
    if (isStoreError(error, 'unavailable')) return false;
    throw error;
  }
}

async function campaign(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  logged.length = 0;
  const at = bench();
  const isReadable = random.chance(0.5);
  const writers = ['laptop', 'phone'].map(
    (name, index) =>
      new Writer(at.device(name, { settings: { readableCopy: isReadable } }), index + 1, random),
  );
  const meddle = async (): Promise<void> => {
    const writer = writers[random.below(writers.length)];
    if (writer === undefined) return;
    if (random.chance(0.7)) writer.write();
    await writer.sync();
    if (writer.isStopped && random.chance(0.3)) {
      writer.join(at);
      writer.isStopped = false;
    }
  };
  for (const writer of writers) writer.write();
  for (let round = 0; round < 6; round += 1) await meddle();
  for (const writer of writers) await writer.sync();
  for (let tries = 0; !(await work(sidesOf(at, meddledWith(at.store, random, meddle)))); tries += 1)
    if (tries > 40) throw new Error('it never comes to an end');
  for (const writer of writers) writer.join(at);
  for (let round = 0; round < 3; round += 1)
    for (const { device } of writers) await device.engine.sync({ acceptFirst: true });
  await clearPlain(sidesOf(at, at.store));
  const [first, second] = writers.map(({ device }) => device);
  if (first === undefined || second === undefined) throw new Error('two devices');
  const contents = await contentsOf(first);
  expect(await contentsOf(second)).toEqual(contents);
  const all = Object.values(contents).join('\n');
  for (const { lines } of writers) for (const line of lines) expect(all).toContain(line);
  expect((await first.engine.verify({ full: true })).damaged).toEqual([]);
  // Every commit made in the clear is in the sealed line: nobody had to begin anew.
  expect(logged.filter((kind) => kind === 'rejoin' || kind === 'common-ground')).toEqual([]);
  const plain = [...at.store.snapshot().keys()].filter((one) => !one.startsWith('.twincloud/sealed/'));
  expect(plain).toEqual([headKey]);
}

describe('while a vault is being encrypted', { timeout: 300_000 }, () => {
  it('[EN15] [EN16] devices write, sync and join at any moment, runs die, and no line is lost', async () => {
    const from = Number(process.env['SEED'] ?? 1);
    for (let seed = from; seed < from + SEEDS; seed += 1)
      await campaign(seed).catch((error: unknown) => {
        throw new Error(`seed ${String(seed)}`, { cause: error });
      });
  });
});
