import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { isVaultError } from '../../src/engine/ports.ts';
import { Author, isNote } from './author.ts';
import { hashOf, toText } from './bytes.ts';
import { drawnOn } from './canvas.ts';
import type { Device } from './device.ts';
import { fileChange, tokensOf } from './ledger.ts';
import type { FileMap } from './ports/host.ts';
import type { Prng } from './prng.ts';
import { rearrange } from './rearrange.ts';
import { COMMON, USUAL, type Deed } from './user-deeds.ts';
import type { World } from './world.ts';

/** Over 256 KiB, the most that a pack takes. */
const LARGE_BYTES = 270_000;

/** A person at one device: edits files in the vault past the engine, at any moment. */
export class User {
  readonly #world: World;
  readonly #device: Device;
  readonly #rng: Prng;
  readonly #author: Author;
  /** All that ever stood in this vault, for going back to it. */
  readonly #contents = new Map<string, Uint8Array>();

  constructor(world: World, device: Device, rng: Prng) {
    this.#world = world;
    this.#device = device;
    this.#rng = rng;
    this.#author = new Author(world.ledger, device.short, rng);
  }

  /** One deed; nothing where the vault has nothing to do it to. */
  act(deed?: Deed): void {
    const { scenario } = this.#world;
    const weights = {
      ...USUAL,
      'delete-many': scenario.massDelete ? 4 : 0,
      'create-many': scenario.bulk ? 3 : 0,
      'create-large': scenario.large ? 5 : 0,
      canvas: scenario.canvases ? 15 : 0,
      ...scenario.theme?.deeds,
    };
    const chosen = deed ?? this.#rng.weighted(weights);
    if (scenario.ticks) this.#world.nowMs += 1;
    const before = this.#device.files();
    try {
      this.#do(chosen, before);
    } catch (error) {
      // A file where a folder is needed, or the reverse: the person's program refuses as well.
      if (!isVaultError(error)) throw error;
    }
    this.#coarsen(before);
    this.#account(chosen, before);
  }

  /** Adds a line to this file, if it is one. */
  meddle(path: VaultPath): void {
    const before = this.#device.files();
    const bytes = before.get(path);
    if (bytes === undefined || path.endsWith('.png')) return;
    if (path.endsWith('.canvas')) this.#draw(path, before);
    else this.#device.vault.userWrite(path, this.#author.edited('append', toText(bytes)));
    this.#coarsen(before);
    this.#account('append', before);
  }

  /** On a disk with coarse times a file has the time of the last tick before it was saved. */
  #coarsen(before: FileMap): void {
    const grainMs = this.#world.scenario.theme?.grainMs;
    if (grainMs === undefined) return;
    const tick = Math.floor(this.#world.clockOf(this.#device) / grainMs) * grainMs;
    for (const [path, bytes] of this.#device.files())
      if (before.get(path) !== bytes) this.#device.vault.userWrite(path, bytes, tick);
  }

  #do(deed: Deed, files: FileMap): void {
    const vault = this.#device.vault;
    const rng = this.#rng;
    const note = this.#hot(files) ?? this.#some(files, isNote);
    const any = this.#some(files, () => true);
    switch (deed) {
      case 'append':
      case 'insert':
      case 'replace-line':
      case 'remove-line':
        if (note !== undefined)
          vault.userWrite(note, this.#author.edited(deed, toText(files.get(note) ?? new Uint8Array())));
        return;
      case 'create':
        vault.userWrite(this.#author.newName(), this.#author.text(1 + rng.below(3)));
        return;
      case 'create-common': {
        const path = rng.pick(COMMON);
        if (!files.has(path as VaultPath))
          vault.userWrite(path, rng.chance(0.2) ? '' : this.#author.text(1 + rng.below(3)));
        return;
      }
      case 'create-empty':
        vault.userWrite(rng.chance(0.5) ? this.#author.newName() : rng.pick(COMMON), '');
        return;
      case 'create-picture':
        vault.userWrite(rng.chance(0.5) ? 'img.png' : this.#author.newName('.png'), this.#author.picture());
        return;
      case 'odd-name':
        vault.userWrite(rng.pick(['a:b.md', 'con.md', 'ends.', 'what?.md']), this.#author.text(1));
        return;
      case 'hidden':
        vault.userWrite(
          rng.pick(['.hidden/x.md', '.obsidian/app.json', 'work/.git/config']),
          this.#author.text(1),
        );
        return;
      case 'overwrite':
        if (any !== undefined)
          vault.userWrite(any, any.endsWith('.png') ? this.#author.picture() : this.#author.text(2));
        return;
      case 'create-large':
        vault.userWrite(
          rng.chance(0.5) ? 'big.bin' : this.#author.newName('.bin'),
          `${this.#author.line()}\n${'0'.repeat(LARGE_BYTES)}`,
        );
        return;
      case 'retype':
        if (note !== undefined) this.#retype(note, files);
        return;
      case 'canvas':
        this.#draw(this.#canvas(files), files);
        return;
      case 'undelete':
        this.#undelete(files);
        return;
      case 'create-many':
        for (let index = 0; index < 150; index += 1)
          vault.userWrite(this.#author.newName(), this.#author.text(1));
        return;
      default:
        if (any !== undefined)
          rearrange(deed, any, files, {
            device: this.#device,
            rng,
            author: this.#author,
            contents: this.#contents,
          });
    }
  }

  /** Mostly the canvas on which everybody draws. */
  #canvas(files: FileMap): VaultPath {
    const others = [...files.keys()].filter((path) => path.endsWith('.canvas'));
    if (others.length > 0 && this.#rng.chance(0.2)) return this.#rng.pick(others);
    return (this.#rng.chance(0.1) ? this.#author.newName('.canvas') : 'board.canvas') as VaultPath;
  }

  #draw(path: VaultPath, files: FileMap): void {
    const stood = files.get(path);
    const text = drawnOn(stood === undefined ? undefined : toText(stood), this.#author, this.#rng);
    // What is no canvas, as half of one, the person's program does not open.
    if (text === undefined) return;
    this.#world.reach(stood === undefined ? 'canvas: made' : 'canvas: drawn on');
    this.#device.vault.userWrite(path, text);
  }

  /** Another last line of the same length: only the file's contents tell. */
  #retype(note: VaultPath, files: FileMap): void {
    const text = toText(files.get(note) ?? new Uint8Array());
    const token = tokenIn(text);
    const next = this.#world.ledger.nextToken(this.#device.short);
    if (token !== undefined) this.#device.vault.userWrite(note, text.replace(token, next));
  }

  /** What stood under a path that is free now comes back. */
  #undelete(files: FileMap): void {
    const gone = [...this.#device.gone].filter((path) => !files.has(path as VaultPath));
    if (gone.length === 0) return;
    const path = this.#rng.pick(gone) as VaultPath;
    const [bytes] = [...this.#device.hadAt(path)].flatMap((hash) => this.#contents.get(hash) ?? []);
    if (bytes !== undefined) this.#device.vault.userWrite(path, bytes);
  }

  /** Tells the ledger whose lines came and went, and the device which paths its user removed. */
  #account(deed: Deed, before: FileMap): void {
    const after = this.#device.files();
    const changed = new Set<VaultPath>();
    for (const [path, bytes] of before) if (after.get(path) !== bytes) changed.add(path);
    for (const path of after.keys()) if (after.get(path) !== before.get(path)) changed.add(path);
    for (const bytes of after.values()) this.#contents.set(hashOf(bytes), bytes);
    for (const path of after.keys()) if (path.endsWith('.canvas')) this.#world.cards.saved(after.get(path));
    // What a person has saved is his own, were it once torn or not.
    for (const [path, bytes] of after)
      if (before.get(path) !== bytes) this.#device.torn.delete(hashOf(bytes));
    this.#device.remember(after);
    if (changed.size === 0) return;
    this.#world.stats.edits += 1;
    for (const path of changed) this.#device.changedLately.add(path);
    for (const path of before.keys()) if (!after.has(path)) this.#device.lost(path);
    // A person who writes what was turned down brings it back.
    const written = new Set([...changed].flatMap((path) => hashes(after.get(path))));
    for (const [id, { hash }] of this.#world.settled) if (written.has(hash)) this.#world.settled.delete(id);
    const others = [...after].filter(([path]) => !changed.has(path)).map(([, bytes]) => bytes);
    this.#world.ledger.userChanged({
      writer: this.#device.short,
      path: [...changed].join(' '),
      files: [...changed].map((path) => fileChange(before.get(path), after.get(path))),
      elsewhere: (token) => others.some((bytes) => tokensOf(bytes).has(token)),
    });
    const shown = [...changed]
      .slice(0, 4)
      .map(
        (path) =>
          `${path}${after.has(path) ? `=${hashOf(after.get(path) ?? new Uint8Array()).slice(0, 4)}` : ' gone'}`,
      );
    this.#world.trace.add(`${this.#device.short} user ${deed}: ${shown.join(', ')}`);
  }

  /** Fills the vault before anything is synced; `copies` gives the same bytes to each. */
  fill(files: ReadonlyMap<string, Uint8Array | string>): void {
    const before = this.#device.files();
    // Written at some time in the year before, each at its own.
    for (const [path, contents] of files) {
      this.#device.vault.userWrite(
        path,
        contents,
        this.#world.clockOf(this.#device) - this.#rng.below(30_000_000_000),
      );
    }
    this.#account('create', before);
  }

  /** Some files for the start. */
  startFiles(): Map<string, string | Uint8Array> {
    const files = new Map<string, string | Uint8Array>();
    for (const path of COMMON)
      if (this.#rng.chance(0.6))
        files.set(path, this.#rng.chance(0.1) ? '' : this.#author.text(1 + this.#rng.below(4)));
    if (this.#world.scenario.hotNote > 0) files.set(COMMON[0], this.#author.text(8));
    if (this.#world.scenario.canvases)
      files.set('board.canvas', drawnOn(undefined, this.#author, this.#rng) ?? '');
    if (this.#rng.chance(0.5)) files.set('img.png', this.#author.picture());
    const more = this.#rng.below(4) + (this.#world.scenario.theme?.moreFiles ?? 0);
    for (let index = 0; index < more; index += 1) files.set(this.#author.newName(), this.#author.text(2));
    return files;
  }

  /** The note that everybody edits, if it is its turn. */
  #hot(files: FileMap): VaultPath | undefined {
    const path = COMMON[0] as VaultPath;
    return files.has(path) && this.#rng.chance(this.#world.scenario.hotNote) ? path : undefined;
  }

  #some(files: FileMap, wanted: (path: VaultPath) => boolean): VaultPath | undefined {
    const paths = [...files.keys()].filter(
      (path) => wanted(path) && !path.split('/').some((name) => name.startsWith('.')),
    );
    return paths.length === 0 ? undefined : this.#rng.pick(paths);
  }
}

function hashes(bytes: Uint8Array | undefined): readonly string[] {
  return bytes === undefined ? [] : [hashOf(bytes)];
}

function tokenIn(text: string): string | undefined {
  return /q[a-h]x\d+z(?!.*q[a-h]x\d+z)/su.exec(text)?.[0];
}
