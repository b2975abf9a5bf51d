import type { App, Stat } from 'obsidian';
import type { ContentHash } from '../../../core/model/ids.ts';
import { folderOf, type VaultPath } from '../../../core/model/vault-path.ts';
import type {
  Clock,
  Hashing,
  InstallOptions,
  ListOptions,
  Random,
  ReadResult,
  StagedId,
  Vault,
  VaultListing,
  WriteResult,
} from '../../../engine/ports.ts';
import { requireFilePath, requireFolderPath } from '../../../engine/vault-layout.ts';
import { Editors } from '../editors.ts';
import { Typing } from '../typing.ts';
import { Contents, PIECE_BYTES, type OpenStream } from './contents.ts';
import { toVaultError, vaultError } from './host-errors.ts';
import { fileOf, Listing } from './listing.ts';
import { Moving } from './moving.ts';
import { OwnWrites } from './own-writes.ts';
import { isFile, Places, sameStat, type Place } from './places.ts';
import { isHidden, Placing, type Wanted } from './placing.ts';
import { Staging } from './staging.ts';
import { asText } from './text.ts';

export interface ObsidianVaultOptions {
  readonly app: App;
  readonly hashing: Hashing;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Random;
  readonly openStream: OpenStream;
  readonly dotFolders: boolean;
  /** Shared with whoever listens to the app's events. */
  readonly own?: OwnWrites;
  /** As `own`. */
  readonly typing?: Typing;
}

/** The vault as the app has it open. Never writes under unsaved typing: that is `deferred`. */
export class ObsidianVault implements Vault {
  readonly #options: ObsidianVaultOptions;
  readonly #places: Places;
  readonly #contents: Contents;
  readonly #staging: Staging;
  readonly #editors: Editors;
  readonly #placing: Placing;
  readonly #moving: Moving;
  readonly #own: OwnWrites;

  constructor(options: ObsidianVaultOptions) {
    const { app, hashing, random, clock, openStream, own = new OwnWrites() } = options;
    // Where nobody tells of keys, nobody types.
    const { typing = new Typing({ now: () => 0 }) } = options;
    const { vault } = app;
    this.#options = options;
    this.#own = own;
    this.#places = new Places(vault);
    this.#contents = new Contents({ adapter: vault.adapter, hashing, openStream });
    this.#staging = new Staging(vault.adapter, this.#places, random);
    this.#editors = new Editors(app.workspace, typing);
    const shared = { vault, places: this.#places, own };
    this.#placing = new Placing({
      ...shared,
      contents: this.#contents,
      staging: this.#staging,
      editors: this.#editors,
      hashing,
      clock,
    });
    this.#moving = new Moving(shared);
  }

  async list(options: ListOptions): Promise<VaultListing> {
    const { app, dotFolders } = this.#options;
    return new Listing({ vault: app.vault, dotFolders }, options).run();
  }

  async read(
    path: VaultPath,
    range?: { readonly offset: number; readonly length: number },
  ): Promise<ReadResult> {
    const { path: hostPath, stat } = await this.#places.file(path);
    if (range?.length === 0) return { bytes: new Uint8Array(), file: fileOf(path, stat) };
    const bytes =
      range === undefined
        ? await this.#contents.whole(hostPath)
        : await this.#contents.range(hostPath, stat, range.offset, range.length);
    if (!sameStat(stat, await this.#places.stat(hostPath))) throw vaultError('changed', path);
    if (range === undefined && bytes.length !== stat.size) throw vaultError('changed', path);
    return { bytes, file: fileOf(path, stat) };
  }

  stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    return this.#staging.stage(chunks);
  }

  async install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult> {
    requireFilePath(path);
    const wanted = await this.#checkStaged(staged, path, options);
    const place = await this.#places.at(path);
    const { stat } = place;
    if (stat?.type === 'folder') throw vaultError('blocked', path);
    if ((stat === undefined) !== (options.expected === 'absent')) {
      if (stat === undefined) await this.#requireFolders(path);
      return { kind: 'changed' };
    }
    const placed =
      stat === undefined
        ? await this.#placing.create(wanted)
        : await this.#placing.replace({ ...place, stat }, wanted);
    return placed === 'changed' ? { kind: 'changed' } : { kind: 'done', file: fileOf(path, placed.stat) };
  }

  async move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<WriteResult> {
    requireFilePath(from);
    requireFilePath(to);
    const source = await this.#places.at(from);
    if (!(await this.#has(source, expected))) return { kind: 'changed' };
    const target = await this.#places.at(to);
    if (target.stat !== undefined && target.path !== source.path) return { kind: 'changed' };
    const moved = await this.#moving.move(source, to);
    if (moved === undefined) return { kind: 'changed' };
    return { kind: 'done', file: fileOf(to, moved) };
  }

  async moveToTrash(
    path: VaultPath,
    expected: ContentHash,
  ): Promise<{ readonly kind: 'done' | 'changed' | 'absent' }> {
    requireFilePath(path);
    const place = await this.#places.at(path);
    if (place.stat === undefined) return { kind: 'absent' };
    if (!(await this.#has(place, expected))) return { kind: 'changed' };
    await this.#requireIdle(place, path);
    await this.#own.during([place.path], async () => {
      try {
        await this.#trash(place);
      } catch (error) {
        throw toVaultError(error, path, 'write');
      }
      this.#own.left(place.path, 'absent');
    });
    if ((await this.#places.at(path)).stat !== undefined) throw vaultError('unexpected', path);
    return { kind: 'done' };
  }

  async setFolder(path: VaultPath, state: 'present' | 'absent'): Promise<void> {
    requireFolderPath(path);
    const place = await this.#places.at(path);
    if (state === 'present') {
      if (place.stat === undefined) await this.#places.pathWithFolders(`${path}x`);
      else if (place.stat.type !== 'folder') throw vaultError('blocked', path);
      return;
    }
    if (place.stat?.type !== 'folder') return;
    const { adapter } = this.#options.app.vault;
    try {
      const { files, folders } = await adapter.list(place.path);
      if (files.length + folders.length > 0) return;
      await this.#own.during([place.path], () => adapter.rmdir(place.path, false));
      this.#own.left(place.path, 'absent');
    } catch (error) {
      // Something came into it at this moment.
      if ((await this.#places.stat(place.path)) === undefined) return;
      const { files, folders } = await adapter.list(place.path);
      if (files.length + folders.length === 0) throw toVaultError(error, path, 'write');
    }
  }

  async discardStaged(keep: ReadonlySet<StagedId>): Promise<void> {
    await this.#staging.discardBut(keep);
    await this.#contents.release();
  }

  async #checkStaged(staged: StagedId, key: VaultPath, options: InstallOptions): Promise<Wanted> {
    const stagedPath = this.#staging.pathOf(staged);
    const stat = stagedPath === undefined ? undefined : await this.#places.stat(stagedPath);
    if (stagedPath === undefined || stat === undefined) throw vaultError('not-found', key);
    const bytes = stat.size <= PIECE_BYTES ? await this.#contents.whole(stagedPath) : undefined;
    const hash =
      bytes === undefined
        ? await this.#contents.hash(stagedPath, stat)
        : await this.#options.hashing.sha256(bytes);
    if (hash !== options.hash) throw vaultError('corrupt', key);
    return { key, staged, stagedPath, sizeBytes: stat.size, bytes, options };
  }

  async #has(place: Place, expected: ContentHash): Promise<boolean> {
    return place.stat?.type === 'file' && (await this.#contents.hash(place.path, place.stat)) === expected;
  }

  /** Rejects with `deferred` while the file is being edited. */
  async #requireIdle(place: Place & { readonly stat?: Stat | undefined }, key: VaultPath): Promise<void> {
    if (this.#editors.look(place.path, undefined) === 'closed') return;
    const isSmall = place.stat !== undefined && place.stat.size <= PIECE_BYTES;
    const text = isSmall ? asText(await this.#contents.whole(place.path)) : undefined;
    if (this.#editors.look(place.path, text) === 'busy') throw vaultError('deferred', key);
  }

  /** Rejects with `blocked` where a file stands in place of one of the folders. */
  async #requireFolders(path: VaultPath): Promise<void> {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder as VaultPath)) {
      const { stat } = await this.#places.at(folder);
      if (stat?.type === 'file') throw vaultError('blocked', path);
    }
  }

  async #trash({ path, node }: Place): Promise<void> {
    const { fileManager, vault } = this.#options.app;
    if (isFile(node) && !isHidden(path)) await fileManager.trashFile(node);
    else if (!(await vault.adapter.trashSystem(path))) await vault.adapter.trashLocal(path);
  }
}
