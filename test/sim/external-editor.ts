import { classifyKey } from '../../src/core/format/keys.ts';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import { toBytes, toText } from './bytes.ts';
import { fileChange, tokensOf, type FileChange } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { World } from './world.ts';

/** Another program at the bucket: edits the readable copy past everyone, and what rots in storage. */
export class ExternalEditor {
  readonly #world: World;
  readonly #rng: Prng;
  #fresh = 0;

  constructor(world: World, rng: Prng) {
    this.#world = world;
    this.#rng = rng;
  }

  /** Plain files from some other sync program: some as the first vault has them, some not. */
  adoptable(shared: ReadonlyMap<string, Uint8Array | string>): void {
    for (const [path, contents] of shared) {
      const bytes = typeof contents === 'string' ? toBytes(contents) : contents;
      if (this.#rng.chance(0.5)) {
        this.#write(path, bytes);
        continue;
      }
      if (this.#rng.chance(0.5)) this.#write(path, toBytes(`${toText(bytes)}${this.#line()}`));
    }
    this.#write('old/kept.md', toBytes(this.#line()));
  }

  /** Edits, makes or removes one plain object. */
  act(): void {
    const plain = [...this.#world.bucket()].filter(
      ([key]) => classifyKey(key) === 'plain' && !this.#isBeingWritten(key),
    );
    const what = this.#rng.weighted({
      append: plain.length > 0 ? 5 : 0,
      create: 2,
      remove: plain.length > 0 ? 1 : 0,
      // What a bucket keeps of older versions, put back without a word of where it came from.
      'put-back': this.#world.scenario.theme?.name === 'readable' && plain.length > 0 ? 8 : 0,
    });
    if (what === 'create') {
      this.#fresh += 1;
      this.#write(`ext${String(this.#fresh)}.md`, toBytes(this.#line()));
      return;
    }
    const [key, object] = this.#rng.pick(plain);
    if (what === 'put-back') {
      this.#putBack(key);
      return;
    }
    if (what === 'append') this.#write(key, toBytes(`${toText(object.body)}${this.#line()}`), object.body);
    else {
      this.#world.trace.add(`external removes ${key}`);
      // A vanished plain file deletes nothing: lines that only it had would be the other program's to answer for.
      this.#account(key, { before: object.body });
      void this.#world.store.delete(key as ObjectKey);
    }
  }

  /** An older version of the object takes its place: nobody's edit, as the engine knows that it had it. */
  #putBack(key: string): void {
    const older = [...(this.#world.cloud.texts.get(key) ?? [])];
    if (older.length < 2) return;
    this.#world.trace.add(`an older ${key} is put back`);
    void this.#world.store.put(key as ObjectKey, older.at(-2) ?? new Uint8Array());
  }

  /**
   * A device has looked at the object and is about to write or remove it. The port has no conditional
   * delete, so nothing could save what is written in between.
   */
  #isBeingWritten(key: string): boolean {
    return this.#world.devices.some((device) =>
      device.op?.requests.some((request) => request.method === 'head' && request.key === key),
    );
  }

  /** An object of the cloud is lost, or other bytes stand in it. */
  damage(): void {
    const keys = [...this.#world.bucket().keys()].filter((key) =>
      ['pack', 'blob'].includes(classifyKey(key)),
    );
    if (keys.length === 0) return;
    const key = this.#rng.pick(keys) as ObjectKey;
    const isLost = this.#rng.chance(0.5);
    this.#world.trace.add(`the bucket ${isLost ? 'loses' : 'spoils'} ${key}`);
    void (isLost ? this.#world.store.delete(key) : this.#world.store.put(key, toBytes('rotten')));
  }

  #write(key: string, bytes: Uint8Array, before?: Uint8Array): void {
    // No two files of one program have the very same time.
    this.#world.nowMs += 1 + this.#rng.below(5_000);
    this.#world.trace.add(`external writes ${key}`);
    this.#account(key, fileChange(before, bytes));
    this.#world.cards.saved(bytes);
    void this.#world.store.put(key as ObjectKey, bytes);
  }

  #account(path: string, change: FileChange): void {
    const held = this.#world.devices.flatMap((device) => [...device.files().values()]);
    this.#world.ledger.userChanged({
      writer: 'e',
      path,
      files: [change],
      elsewhere: (token) => held.some((bytes) => tokensOf(bytes).has(token)),
    });
  }

  #line(): string {
    return `written elsewhere ${this.#world.ledger.nextToken('e')}\n`;
  }
}
