import { folderOf, isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import type { Action } from '../../core/plan/plan.ts';
import type { Problem } from '../api.ts';
import { isVaultError, type StagedId, type VaultError, type WriteResult } from '../ports.ts';
import { isLarge, wantedOf, type ContentReader, type Fetched, type Wanted } from '../cloud/content.ts';
import { oneChunk, readPieces, statFile } from '../scan/read-file.ts';
import { rescue } from '../readable/plain-objects.ts';
import { hashInto } from '../scan/scan.ts';
import { pathIntentKey, StateChanges, type BaseRow } from '../state.ts';
import type { Run } from './run.ts';

export type Download = Extract<Action, { kind: 'download' }>;
export type Trash = Extract<Action, { kind: 'trash' }>;
export type MoveHere = Extract<Action, { kind: 'move-local' }>;

/** Files staged before their intents are written together and they are put in place. */
const GROUP_FILES = 64;
const GROUP_BYTES = 16 * 1024 * 1024;

interface Ready {
  readonly action: Download;
  readonly staged: StagedId;
  readonly row: BaseRow;
}

/**
 * Brings entries here: fetch and prove, stage, write the intents, put in place, remember. What is no
 * longer as the plan saw it is left alone and looked at again by the next pass.
 */
export class LocalSteps {
  readonly #run: Run;
  readonly #reader: ContentReader;
  #group: Ready[] = [];
  #groupBytes = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(run: Run, reader: ContentReader) {
    this.#run = run;
    this.#reader = reader;
  }

  async downloads(actions: readonly Download[]): Promise<void> {
    const folders = actions.filter((action) => isFolder(action.path));
    for (const action of folders) await this.#makeFolder(action);
    const files = actions.filter((action) => !isFolder(action.path));
    const cloud: (Wanted & { readonly action: Download })[] = [];
    for (const action of files) {
      const wanted = { ...wantedOf(action.entry), action };
      if (await this.#fromVault(action)) continue;
      if (isLarge(wanted, this.#run.deps.settings)) await this.#large(action);
      else cloud.push(wanted);
    }
    await this.#reader.each(cloud, (fetched) => this.#fetched(fetched));
    await this.#flush();
  }

  /** Contents that lie in the vault already, under another path, need no transfer. */
  async #fromVault(action: Download): Promise<boolean> {
    const { vault, hashing } = this.#run.deps;
    const source = this.#run.local.pathWith(action.entry.hash);
    if (source === undefined || source === action.path || isFolder(source)) return false;
    try {
      const file = await statFile(vault, source);
      const sha = hashing.sha256Stream();
      const chunks = async function* (): AsyncIterable<Uint8Array> {
        for await (const piece of readPieces(vault, file)) {
          sha.update(piece);
          yield piece;
        }
      };
      const staged = await vault.stage(chunks());
      if (sha.digest() !== action.entry.hash) return false;
      await this.#ready(action, staged);
      return true;
    } catch (error) {
      if (isVaultError(error)) return false;
      throw error;
    }
  }

  async #fetched(fetched: Fetched<Wanted & { readonly action: Download }>): Promise<void> {
    const { action } = fetched.wanted;
    const { bytes, detail } = await this.#orRescued(fetched);
    if (bytes === undefined) this.#run.damaged(action.entry, detail);
    else {
      await this.#guarded(action.path, async () => {
        await this.#ready(action, await this.#run.deps.vault.stage(oneChunk(bytes)));
      });
    }
    this.#run.progress('download', 1, action.entry.sizeBytes);
  }

  async #orRescued(
    fetched: Fetched<Wanted & { readonly action: Download }>,
  ): Promise<{ readonly bytes: Uint8Array | undefined; readonly detail: string }> {
    if (fetched.kind === 'found') return { bytes: fetched.bytes, detail: '' };
    return { bytes: await rescue(this.#run, fetched.wanted.action.entry), detail: fetched.detail };
  }

  async #large(action: Download): Promise<void> {
    const { entry } = action;
    const at = entry.at;
    if (at === undefined || !('blob' in at)) return;
    const sha = this.#run.deps.hashing.sha256Stream();
    const pieces = this.#reader.pieces(at.blob, entry.sizeBytes);
    const run = this.#run;
    const chunks = async function* (): AsyncIterable<Uint8Array> {
      for await (const piece of pieces) {
        sha.update(piece);
        run.progress('download', 0, piece.length);
        yield piece;
      }
    };
    try {
      await this.#guarded(action.path, async () => {
        const staged = await run.deps.vault.stage(chunks());
        if (sha.digest() === entry.hash) await this.#ready(action, staged);
        else run.damaged(entry, `${at.blob} holds other bytes than it should`);
      });
    } catch (error) {
      if (!run.isDamage(error)) throw error;
      run.damaged(entry, `${at.blob} is missing or cut`);
    }
    run.progress('download', 1, 0);
  }

  async #ready(action: Download, staged: StagedId): Promise<void> {
    const { hash, at, sizeBytes } = action.entry;
    this.#group.push({ action, staged, row: at === undefined ? { hash } : { hash, at } });
    this.#groupBytes += sizeBytes;
    if (this.#group.length >= GROUP_FILES || this.#groupBytes >= GROUP_BYTES) await this.#flush();
  }

  /** Groups are put in place one after another, while the next is being fetched. */
  async #flush(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    this.#groupBytes = 0;
    this.#flushing = this.#flushing.then(() => this.#install(group));
    await this.#flushing;
  }

  async #install(group: readonly Ready[]): Promise<void> {
    if (group.length === 0) return;
    const intents = new StateChanges();
    for (const { action, staged, row } of group) {
      intents.intent(pathIntentKey(action.path), {
        kind: 'install',
        path: action.path,
        staged,
        row,
        sizeBytes: action.entry.sizeBytes,
        expected: action.expected,
      });
    }
    await this.#run.state.write(intents);
    const done = new StateChanges();
    await this.#run.eachWrite(group, (ready) => this.#installOne(ready, done));
    await this.#run.state.write(this.#run.withLocalRows(done));
  }

  async #installOne({ action, staged, row }: Ready, done: StateChanges): Promise<void> {
    const { path, entry, expected } = action;
    const hashedAt = this.#run.deps.clock.now();
    const isKnown = await this.#guarded(path, async () => {
      const result = await this.#run.deps.vault.install(staged, path, {
        expected,
        hash: row.hash,
        mtimeMs: entry.mtimeMs,
      });
      if (result.kind === 'changed') {
        await this.#lookAgain(path);
        return;
      }
      this.#run.local.setFile(result.file, row.hash, hashedAt);
      this.#dropParents(path);
      done.base({ path, row });
      const kind = expected === 'absent' && action.reason.includes('edit') ? 'kept-edit' : 'downloaded';
      this.#run.event({ kind, path, reason: action.reason });
    });
    if (isKnown) done.intent(pathIntentKey(path), undefined);
  }

  async trashes(actions: readonly Trash[]): Promise<void> {
    if (actions.length === 0) return;
    const intents = new StateChanges();
    for (const { path } of actions) intents.intent(pathIntentKey(path), { kind: 'trash', path });
    await this.#run.state.write(intents);
    const done = new StateChanges();
    await this.#run.eachWrite(actions, (action) => this.#trashOne(action, done));
    await this.#run.state.write(this.#run.withLocalRows(done));
  }

  async #trashOne({ path, expected, reason }: Trash, done: StateChanges): Promise<void> {
    const isKnown = await this.#guarded(path, async () => {
      if (isFolder(path)) await this.#run.deps.vault.setFolder(path, 'absent');
      else {
        const result = await this.#run.deps.vault.moveToTrash(path, expected);
        if (result.kind === 'changed') {
          await this.#lookAgain(path);
          return;
        }
        this.#run.event({ kind: 'trashed', path, reason });
      }
      this.#run.local.remove(path);
      this.#run.emptied(folderOf(path));
      done.base({ path });
    });
    if (isKnown) done.intent(pathIntentKey(path), undefined);
  }

  async moves(actions: readonly MoveHere[]): Promise<void> {
    if (actions.length === 0) return;
    const intents = new StateChanges();
    const rows = new Map<MoveHere, BaseRow | undefined>();
    for (const action of actions) {
      const row = this.#movedBase(action);
      rows.set(action, row);
      const { from, to, expected } = action;
      const intent = {
        kind: 'move',
        from,
        to,
        expected,
        ...(row === undefined ? {} : { base: row }),
      } as const;
      intents.intent(pathIntentKey(from), intent);
    }
    await this.#run.state.write(intents);
    const done = new StateChanges();
    for (const action of actions) await this.#moveOne(action, rows.get(action), done);
    await this.#run.state.write(this.#run.withLocalRows(done));
  }

  #movedBase(action: MoveHere): BaseRow | undefined {
    if (action.base === undefined) return undefined;
    const former = this.#run.base.get(action.from);
    return former?.hash === action.base ? former : { hash: action.base };
  }

  async #moveOne(action: MoveHere, row: BaseRow | undefined, done: StateChanges): Promise<void> {
    const { from, to, expected, reason, why } = action;
    const hashedAt = this.#run.deps.clock.now();
    const isKnown = await this.#guarded(from, async () => {
      const result = isFolder(from)
        ? await this.#moveFolder(from, to)
        : await this.#run.deps.vault.move(from, to, expected);
      if (result.kind === 'changed') {
        await this.#lookAgain(from);
        return;
      }
      this.#run.local.remove(from);
      if (isFolder(to)) this.#run.local.setFolder(to);
      else this.#run.local.setFile(result.file, expected, hashedAt);
      this.#dropParents(to);
      this.#run.emptied(folderOf(from));
      done.base({ path: from }).base(row === undefined ? { path: to } : { path: to, row });
      const conflict = why === 'case-conflict' || why === 'file-over-folder';
      this.#run.event({ kind: conflict ? 'conflict-copy' : 'renamed-here', path: to, other: from, reason });
    });
    if (isKnown) done.intent(pathIntentKey(from), undefined);
  }

  /** Only ever an empty one: what it holds moves file by file. */
  async #moveFolder(from: VaultPath, to: VaultPath): Promise<WriteResult> {
    await this.#run.deps.vault.setFolder(from, 'absent');
    await this.#run.deps.vault.setFolder(to, 'present');
    return { kind: 'done', file: { path: to, sizeBytes: 0, mtimeMs: 0 } };
  }

  async #makeFolder(action: Download): Promise<void> {
    const { path, entry } = action;
    await this.#guarded(path, async () => {
      await this.#run.deps.vault.setFolder(path, 'present');
      this.#run.local.setFolder(path);
      this.#dropParents(path);
      await this.#run.state.write(new StateChanges().base({ path, row: { hash: entry.hash } }));
    });
  }

  /** A folder that now holds something is no empty folder any more. */
  #dropParents(path: VaultPath): void {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder as VaultPath)) {
      this.#run.local.removeFolder(folder as VaultPath);
    }
  }

  async #lookAgain(path: VaultPath): Promise<void> {
    await lookAgain(this.#run, path);
  }

  #guarded(path: VaultPath, work: () => Promise<void>): Promise<boolean> {
    return guarded(this.#run, path, work);
  }
}

/** The path is not what was expected: see what it is now. */
export async function lookAgain(run: Run, path: VaultPath): Promise<void> {
  const { deps, local } = run;
  try {
    await hashInto(deps, local, await statFile(deps.vault, path));
  } catch (error) {
    if (!isVaultError(error)) throw error;
    if (error.kind === 'not-found') local.remove(path);
    else local.setUnknown(path, writeProblem(path, error));
  }
}

/**
 * A file that cannot be written stops neither the others nor the run, unless the disk itself refuses. Whether
 * it is known what came of it: an error that nobody foresaw may hide that it was done, wholly or by half, and
 * the intent must stay for the next run to see.
 */
export async function guarded(run: Run, path: VaultPath, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isVaultError(error)) throw error;
    if (error.kind === 'disk-full' || error.kind === 'read-only') throw error;
    run.blocked(path, writeProblem(path, error));
    return error.kind !== 'unexpected';
  }
}

function writeProblem(path: VaultPath, error: VaultError): Problem {
  if (error.kind === 'deferred') return { path, kind: 'deferred', message: `${error.message}.` };
  return {
    path,
    kind: 'write-failed',
    message: `${error.message}. It is left as it is and tried again by the next sync.`,
  };
}
