import { folderOf, type VaultPath } from '../../src/core/model/vault-path.ts';
import { isVaultError } from '../../src/engine/ports.ts';
import { hashOf, toBytes, toText } from './bytes.ts';
import type { Device } from './device.ts';
import { fileChange, tokensOf } from './ledger.ts';
import type { FileMap } from './ports/host.ts';
import type { Prng } from './prng.ts';
import type { World } from './world.ts';

const WORDS = ['apple', 'river', 'stone', 'cloud', 'music', 'green', 'paper', 'winter'] as const;
/** Over 256 KiB, the most that a pack takes. */
const LARGE_BYTES = 270_000;
/** Names that devices are likely to choose both. */
const COMMON = [
  'a.md',
  'b.md',
  'Plan.md',
  'daily/2026-03-01.md',
  'daily/2026-03-02.md',
  'work/x.md',
  'work/deep/y.md',
  'é.md',
  'log',
] as const;

export type Deed =
  | 'append'
  | 'insert'
  | 'replace-line'
  | 'remove-line'
  | 'create'
  | 'create-common'
  | 'create-empty'
  | 'create-picture'
  | 'overwrite'
  | 'truncate'
  | 'revert'
  | 'duplicate'
  | 'touch'
  | 'delete'
  | 'delete-folder'
  | 'rename'
  | 'rename-case'
  | 'rename-folder'
  | 'swap'
  | 'make-folder'
  | 'remove-folder'
  | 'file-over-folder'
  | 'odd-name'
  | 'hidden'
  | 'create-large'
  | 'delete-many'
  | 'delete-some'
  | 'retype'
  | 'undelete'
  | 'create-many';

const USUAL: Readonly<Record<Deed, number>> = {
  append: 24,
  insert: 8,
  'replace-line': 10,
  'remove-line': 4,
  create: 9,
  'create-common': 7,
  'create-empty': 3,
  'create-picture': 3,
  overwrite: 2,
  truncate: 1,
  revert: 2,
  duplicate: 2,
  touch: 1,
  delete: 8,
  'delete-folder': 1.5,
  rename: 7,
  'rename-case': 2,
  'rename-folder': 2.5,
  swap: 2.5,
  'make-folder': 3,
  'remove-folder': 2,
  'file-over-folder': 0.5,
  'odd-name': 0.5,
  hidden: 0.5,
  'create-large': 0,
  'delete-many': 0,
  'create-many': 0,
  'delete-some': 0,
  retype: 0,
  undelete: 0,
};

/** A person at one device: edits files in the vault past the engine, at any moment. */
export class User {
  readonly #world: World;
  readonly #device: Device;
  readonly #rng: Prng;
  /** All that ever stood in this vault, for going back to it. */
  readonly #contents = new Map<string, Uint8Array>();
  #fresh = 0;

  constructor(world: World, device: Device, rng: Prng) {
    this.#world = world;
    this.#device = device;
    this.#rng = rng;
  }

  /** One deed; nothing where the vault has nothing to do it to. */
  act(deed?: Deed): void {
    const { scenario } = this.#world;
    const weights = {
      ...USUAL,
      'delete-many': scenario.massDelete ? 4 : 0,
      'create-many': scenario.bulk ? 3 : 0,
      'create-large': scenario.large ? 5 : 0,
      ...scenario.theme?.deeds,
    };
    const chosen = deed ?? this.#rng.weighted(weights);
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
    this.#device.vault.userWrite(path, this.#edited('append', toText(bytes)));
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
    const note = this.#hot(files) ?? this.#some(files, (path) => !path.endsWith('.png'));
    const any = this.#some(files, () => true);
    switch (deed) {
      case 'append':
      case 'insert':
      case 'replace-line':
      case 'remove-line':
        if (note !== undefined)
          vault.userWrite(note, this.#edited(deed, toText(files.get(note) ?? new Uint8Array())));
        return;
      case 'create':
        vault.userWrite(this.#newName(), this.#text(1 + rng.below(3)));
        return;
      case 'create-common': {
        const path = rng.pick(COMMON);
        if (!files.has(path as VaultPath))
          vault.userWrite(path, rng.chance(0.2) ? '' : this.#text(1 + rng.below(3)));
        return;
      }
      case 'create-empty':
        vault.userWrite(rng.chance(0.5) ? this.#newName() : rng.pick(COMMON), '');
        return;
      case 'create-picture':
        vault.userWrite(rng.chance(0.5) ? 'img.png' : this.#newName('.png'), this.#picture());
        return;
      case 'odd-name':
        vault.userWrite(rng.pick(['a:b.md', 'con.md', 'ends.', 'what?.md']), this.#text(1));
        return;
      case 'hidden':
        vault.userWrite(rng.pick(['.hidden/x.md', '.obsidian/app.json', 'work/.git/config']), this.#text(1));
        return;
      case 'overwrite':
        if (any !== undefined) vault.userWrite(any, any.endsWith('.png') ? this.#picture() : this.#text(2));
        return;
      case 'create-large':
        vault.userWrite(
          rng.chance(0.5) ? 'big.bin' : this.#newName('.bin'),
          `${this.#line()}\n${'0'.repeat(LARGE_BYTES)}`,
        );
        return;
      case 'retype':
        if (note !== undefined) this.#retype(note, files);
        return;
      case 'undelete':
        this.#undelete(files);
        return;
      case 'create-many':
        for (let index = 0; index < 150; index += 1) vault.userWrite(this.#newName(), this.#text(1));
        return;
      default:
        if (any !== undefined) this.#rearrange(deed, any, files);
    }
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

  #rearrange(deed: Deed, any: VaultPath, files: FileMap): void {
    const vault = this.#device.vault;
    const rng = this.#rng;
    const folder = folderOf(any);
    switch (deed) {
      case 'truncate':
        vault.userWrite(any, '');
        return;
      case 'revert': {
        const older = [...this.#device.hadAt(any)]
          .map((hash) => this.#contents.get(hash))
          .filter((bytes) => bytes !== undefined);
        if (older.length > 0) vault.userWrite(any, rng.pick(older));
        return;
      }
      case 'duplicate':
        vault.userWrite(this.#newName(), files.get(any) ?? '');
        return;
      case 'touch':
        vault.userWrite(any, files.get(any) ?? '');
        return;
      case 'delete':
        if (files.size > 2) vault.userDelete(any);
        return;
      case 'delete-folder':
        if (folder !== '' && [...files.keys()].some((path) => !path.startsWith(folder)))
          vault.userDelete(folder);
        return;
      case 'delete-many': {
        const doomed = [...files.keys()].filter(() => rng.chance(0.7));
        for (const path of doomed.slice(0, files.size - 2)) vault.userDelete(path);
        return;
      }
      case 'delete-some':
        // A few more than the guard lets pass.
        for (const path of [...files.keys()].slice(0, Math.min(files.size - 2, 6 + rng.below(3))))
          vault.userDelete(path);
        return;
      case 'rename':
        vault.userRename(any, this.#freeName(files));
        return;
      case 'rename-case':
        vault.userRename(
          any,
          rng.chance(0.3) && folder !== '' ? swapCase(any) : folder + swapCase(any.slice(folder.length)),
        );
        return;
      case 'rename-folder':
        if (folder !== '') vault.userRename(folder.slice(0, -1), `dir${String(rng.below(4))}`);
        return;
      case 'swap': {
        const other = rng.pick([...files.keys()]);
        if (other === any) return;
        vault.userRename(any, 'swapping.tmp');
        vault.userRename(other, any);
        vault.userRename('swapping.tmp', other);
        return;
      }
      case 'make-folder':
        vault.userMkdir(rng.pick(['empty', 'work/new', 'daily/old', 'dir1']));
        return;
      case 'remove-folder': {
        const empty = rng.pick(['empty', 'work/new', 'daily/old', 'dir1']);
        if (![...files.keys()].some((path) => path.startsWith(`${empty}/`)) && !files.has(empty as VaultPath))
          vault.userDelete(empty);
        return;
      }
      case 'file-over-folder':
        if (folder !== '' && files.size > 3) {
          vault.userDelete(folder);
          vault.userWrite(folder.slice(0, -1), this.#text(1));
        }
        return;
      default:
    }
  }

  /** Tells the ledger whose lines came and went, and the device which paths its user removed. */
  #account(deed: Deed, before: FileMap): void {
    const after = this.#device.files();
    const changed = new Set<VaultPath>();
    for (const [path, bytes] of before) if (after.get(path) !== bytes) changed.add(path);
    for (const path of after.keys()) if (after.get(path) !== before.get(path)) changed.add(path);
    for (const bytes of after.values()) this.#contents.set(hashOf(bytes), bytes);
    // What a person has saved is his own, were it once torn or not.
    for (const [path, bytes] of after)
      if (before.get(path) !== bytes) this.#device.torn.delete(hashOf(bytes));
    this.#device.remember(after);
    if (changed.size === 0) return;
    this.#world.stats.edits += 1;
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
        files.set(path, this.#rng.chance(0.1) ? '' : this.#text(1 + this.#rng.below(4)));
    if (this.#world.scenario.hotNote > 0) files.set(COMMON[0], this.#text(8));
    if (this.#rng.chance(0.5)) files.set('img.png', this.#picture());
    const more = this.#rng.below(4) + (this.#world.scenario.theme?.moreFiles ?? 0);
    for (let index = 0; index < more; index += 1) files.set(this.#newName(), this.#text(2));
    return files;
  }

  #line(): string {
    const rng = this.#rng;
    const mark = rng.pick(['', '', '- ', '- [ ] ', '## ', '> ']);
    const words = Array.from({ length: 1 + rng.below(4) }, () => rng.pick(WORDS));
    return `${mark}${words.join(' ')} ${this.#world.ledger.nextToken(this.#device.short)}`;
  }

  #text(lines: number): string {
    return Array.from({ length: lines }, () => `${this.#line()}\n`).join('');
  }

  #picture(): Uint8Array {
    return toBytes(`\u0000PNG${this.#world.ledger.nextToken(this.#device.short)}\u0000`);
  }

  #edited(deed: Deed, text: string): string {
    const lines = text === '' ? [] : text.replace(/\n$/u, '').split('\n');
    const at = this.#rng.below(lines.length + 1);
    if (deed === 'append') lines.push(this.#line());
    else if (deed === 'insert') lines.splice(at, 0, this.#line());
    else if (deed === 'replace-line') lines.splice(Math.max(0, at - 1), 1, this.#line());
    else lines.splice(Math.max(0, at - 1), 1);
    return lines.map((line) => `${line}\n`).join('');
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

  #newName(ending = '.md'): string {
    this.#fresh += 1;
    const folder = this.#rng.pick(['', '', 'work/', 'daily/', 'dir1/', 'dir2/deep/']);
    return `${folder}${this.#device.short}${String(this.#fresh)}${ending}`;
  }

  #freeName(files: FileMap): string {
    const common = this.#rng.pick(COMMON);
    return this.#rng.chance(0.4) && !files.has(common as VaultPath) ? common : this.#newName();
  }
}

function hashes(bytes: Uint8Array | undefined): readonly string[] {
  return bytes === undefined ? [] : [hashOf(bytes)];
}

function tokenIn(text: string): string | undefined {
  return /q[a-h]x\d+z(?!.*q[a-h]x\d+z)/su.exec(text)?.[0];
}

function swapCase(name: string): string {
  const first = name.slice(0, 1);
  return (first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase()) + name.slice(1);
}
