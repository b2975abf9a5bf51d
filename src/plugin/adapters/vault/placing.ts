import type { Stat, Vault as AppVault } from 'obsidian';
import type { Clock, Hashing, InstallOptions, StagedId } from '../../../engine/ports.ts';
import type { Editors } from '../editors.ts';
import { PIECE_BYTES, type Contents } from './contents.ts';
import { toVaultError, vaultError } from './host-errors.ts';
import type { OwnWrites } from './own-writes.ts';
import { isFile, sameStat, type Place, type Places } from './places.ts';
import type { Staging } from './staging.ts';
import { asText } from './text.ts';

export interface PlacingOptions {
  readonly vault: AppVault;
  readonly places: Places;
  readonly contents: Contents;
  readonly staging: Staging;
  readonly editors: Editors;
  readonly hashing: Hashing;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly own: OwnWrites;
}

/** What is to stand at a key. */
export interface Wanted {
  readonly key: string;
  readonly staged: StagedId;
  readonly stagedPath: string;
  readonly sizeBytes: number;
  /** Absent where they are larger than a piece. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly options: InstallOptions;
}

/** Where the contents stand now; `changed`: nothing was done. */
export type Placed = { readonly path: string; readonly stat: Stat } | 'changed';

/** Android's storage reports success at times and leaves an empty file. */
const WRITES = 5;
const PAUSE_MS = 100;
/** No file system's clock is coarser (FAT). */
const COARSEST_MS = 2000;

/**
 * Puts contents at their place in the way that fits what is there:
 *
 *   nothing there ──► create            (large: rename)
 *   open, clean   ──► editor transaction, saved by the view
 *   closed text   ──► vault.process, which sees the very text that it replaces
 *   else          ──► modifyBinary      (large: the old aside, the new by rename)
 *   being edited  ──► `deferred`
 */
export class Placing {
  readonly #with: PlacingOptions;

  constructor(options: PlacingOptions) {
    this.#with = options;
  }

  /** Nothing is there yet. */
  async create(wanted: Wanted): Promise<Placed> {
    const { vault, places } = this.#with;
    const { key, bytes, stagedPath, options } = wanted;
    const path = await places.pathWithFolders(key);
    return this.#written(path, wanted, undefined, async () => {
      try {
        if (bytes === undefined) await this.#rename(stagedPath, path, options.mtimeMs);
        else if (isHidden(path))
          await vault.adapter.writeBinary(path, bytes.buffer, { mtime: options.mtimeMs });
        else await vault.createBinary(path, bytes.buffer, { mtime: options.mtimeMs });
        return 'done';
      } catch (error) {
        // Somebody was faster.
        if ((await places.at(key)).stat !== undefined) return 'changed';
        throw toVaultError(error, key, 'write');
      }
    });
  }

  async replace(place: Place & { readonly stat: Stat }, wanted: Wanted): Promise<Placed> {
    const isSmall = wanted.bytes !== undefined && place.stat.size <= PIECE_BYTES;
    return isSmall ? this.#replaceSmall(place, wanted, wanted.bytes) : this.#replaceLarge(place, wanted);
  }

  async #replaceSmall(
    place: Place & { readonly stat: Stat },
    wanted: Wanted,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Placed> {
    const { contents, hashing, editors } = this.#with;
    const before = await contents.whole(place.path);
    if ((await hashing.sha256(before)) !== wanted.options.expected) return 'changed';
    const [old, text] = [asText(before), asText(bytes)];
    if (editors.look(place.path, old) === 'busy') throw vaultError('deferred', wanted.key);
    if (old === undefined || text === undefined) return this.#overwrite(place, wanted, bytes);
    return this.#written(place.path, wanted, place.stat, async () => {
      // A key may have been pressed since; from here to the change nothing gives way.
      if (editors.look(place.path, old) === 'busy') throw vaultError('deferred', wanted.key);
      const saving = editors.replace(place.path, old, text);
      if (saving === undefined) return this.#process(place, wanted, { old, text });
      await saving.catch((error: unknown) => {
        throw toVaultError(error, wanted.key, 'write');
      });
      return this.#checkSaved(place.path, wanted, text);
    });
  }

  /** After a save by the view, which takes along whatever was typed since. */
  async #checkSaved(path: string, wanted: Wanted, text: string): Promise<'done'> {
    const { contents, editors } = this.#with;
    const now = asText(await contents.whole(path));
    // The text, or what a person made of it since, which is an edit like any other.
    if (now === text || (now !== undefined && now === editors.shownText(path))) return 'done';
    throw vaultError('deferred', wanted.key);
  }

  async #process(
    place: Place & { readonly stat: Stat },
    wanted: Wanted,
    { old, text }: { readonly old: string; readonly text: string },
  ): Promise<'done' | 'changed'> {
    const { vault, editors } = this.#with;
    const seen = { text: old, busy: false };
    const change = (now: string): string => {
      seen.text = now;
      seen.busy = editors.look(place.path, now) === 'busy';
      return now === old && !seen.busy ? text : now;
    };
    const times = { mtime: mtimeFor(place.stat, wanted) };
    try {
      if (isFile(place.node)) await vault.process(place.node, change, times);
      else await vault.adapter.process(place.path, change, times);
    } catch (error) {
      throw toVaultError(error, wanted.key, 'write');
    }
    if (seen.busy) throw vaultError('deferred', wanted.key);
    return seen.text === old ? 'done' : 'changed';
  }

  #overwrite(
    place: Place & { readonly stat: Stat },
    wanted: Wanted,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Placed> {
    const { vault } = this.#with;
    return this.#written(place.path, wanted, place.stat, async () => {
      const times = { mtime: mtimeFor(place.stat, wanted) };
      try {
        if (isFile(place.node)) await vault.modifyBinary(place.node, bytes.buffer, times);
        else await vault.adapter.writeBinary(place.path, bytes.buffer, times);
        return 'done';
      } catch (error) {
        throw toVaultError(error, wanted.key, 'write');
      }
    });
  }

  /** To an app that shows the file, a rename onto it is its end: then it waits until it is closed. */
  async #replaceLarge(place: Place & { readonly stat: Stat }, wanted: Wanted): Promise<Placed> {
    const { vault, contents, editors, staging } = this.#with;
    const { key, options, stagedPath } = wanted;
    if ((await contents.hash(place.path, place.stat)) !== options.expected) return 'changed';
    if (editors.look(place.path, undefined) !== 'closed') throw vaultError('deferred', key);
    const aside = staging.asidePath();
    return this.#written(place.path, wanted, place.stat, async () => {
      try {
        await vault.adapter.rename(place.path, aside);
      } catch (error) {
        throw toVaultError(error, key, 'write');
      }
      try {
        await this.#rename(stagedPath, place.path, mtimeFor(place.stat, wanted));
      } catch (error) {
        await vault.adapter.rename(aside, place.path);
        throw toVaultError(error, key, 'write');
      }
      await vault.adapter.remove(aside).catch(() => undefined);
      return 'done';
    });
  }

  /** A rename keeps the time: it is set before, by adding nothing. */
  async #rename(from: string, to: string, mtime: number): Promise<void> {
    const { adapter } = this.#with.vault;
    await adapter.appendBinary(from, new ArrayBuffer(0), { mtime });
    await adapter.rename(from, to);
  }

  /** Writes, and looks at what the disk made of it. */
  async #written(
    path: string,
    wanted: Wanted,
    before: Stat | undefined,
    write: () => Promise<'done' | 'changed'>,
  ): Promise<Placed> {
    const { own, staging } = this.#with;
    return own.during([path], async () => {
      if ((await write()) === 'changed') return 'changed';
      const stat = await this.#settled(path, wanted, before);
      own.left(path, stat);
      await staging.remove(wanted.staged);
      return { path, stat };
    });
  }

  async #settled(path: string, wanted: Wanted, before: Stat | undefined): Promise<Stat> {
    const { places, vault, clock, editors } = this.#with;
    const { key, bytes, options } = wanted;
    let { mtimeMs } = options;
    for (let writes = 1; ; writes++) {
      const stat = await places.stat(path);
      // Where an editor shows nothing either, a person has deleted all of it since.
      const isEmptied = stat?.size === 0 && wanted.sizeBytes > 0 && editors.shownText(path) !== '';
      // Other sizes are somebody's edit since: the next sync takes it.
      const isSilent = sameStat(stat, before);
      if (stat !== undefined && !isEmptied && !isSilent) return stat;
      if (stat === undefined) throw vaultError('illegal-name', key);
      if (bytes === undefined || writes >= WRITES)
        throw vaultError('unexpected', key, new Error('the file stayed as it was'));
      if (isSilent) mtimeMs += COARSEST_MS;
      else await clock.sleep(PAUSE_MS);
      await vault.adapter.writeBinary(path, bytes.buffer, { mtime: mtimeMs });
    }
  }
}

/**
 * The time to give the file. Where size and time both stayed, the app would take the write for none, and
 * an open editor would later put its old text back.
 */
function mtimeFor(before: Stat, { sizeBytes, options }: Wanted): number {
  const isSilent = before.size === sizeBytes && Math.floor(before.mtime) === Math.floor(options.mtimeMs);
  return isSilent ? options.mtimeMs + 1 : options.mtimeMs;
}

export function isHidden(path: string): boolean {
  return path.startsWith('.') || path.includes('/.');
}
