import { caseConflictName, conflictCopyName, isConflictCopyOf } from '../conflict/copy-name.ts';
import type { FileEntry } from '../model/entry.ts';
import type { ContentHash } from '../model/ids.ts';
import { foldPath, isFolder, type VaultPath } from '../model/vault-path.ts';
import type { Cell, Step } from './cell.ts';
import type { Draft } from './draft.ts';
import { indexFolds, type FoldIndex } from './fold-index.ts';
import type { Action } from './plan.ts';
import { fitsHere } from './room.ts';
import { livePaths, type Survey } from './survey.ts';

type Upload = Extract<Action, { kind: 'upload' }>;
type Download = Extract<Action, { kind: 'download' }>;

/**
 * Paths that come to a side which lacks them, and what stands in their way there: another spelling
 * of the name, or a file where a folder must be. Nothing is put where something still is: what must
 * wait is planned again once the way is free.
 */
export class Arrivals {
  readonly #survey: Survey;
  readonly #draft: Draft;
  #stayingHere: FoldIndex | undefined;
  #stayingInCloud: FoldIndex | undefined;

  constructor(survey: Survey, draft: Draft) {
    this.#survey = survey;
    this.#draft = draft;
  }

  /** A path that the cloud lacks is to be committed. */
  intoCloud(cell: Cell, { path, hash }: Upload): void {
    const twins = this.#survey.cloudTwins(path);
    if (twins.length > 0) {
      this.#meetTwins(cell, hash, twins);
      return;
    }
    if (this.#draft.arrivesInCloud(path)) {
      this.#setAside(path, hash, 'case-conflict');
      return;
    }
    const [above] = this.#survey.filesAbove(this.#survey.cloud, path);
    if (above !== undefined) {
      this.#makeRoomInCloud(above);
      this.#wait(path, `waits until ${above} is no file any more`);
      return;
    }
    if (isFolder(path) ? this.#folderIntoCloud(path) : this.#fileIntoCloud(path, hash)) {
      this.#draft.bringsToCloud(path);
    }
  }

  /** Whether the folder is to be committed: one that holds something in the cloud is there already. */
  #folderIntoCloud(path: VaultPath): boolean {
    if (!this.#survey.cloud.folders.has(foldPath(path))) return true;
    this.#draft.drop(path);
    return false;
  }

  /** Whether the file is to be committed: no folder has its name. */
  #fileIntoCloud(path: VaultPath, hash: ContentHash): boolean {
    const { here, cloud } = this.#survey;
    const isFolderInCloud = this.#survey.hasBelow(cloud, path);
    const staysFolder =
      (this.#survey.hasBelow(here, path) && this.#staysBelowHere(path)) ||
      (isFolderInCloud && this.#staysBelowInCloud(path));
    if (staysFolder) this.#setAside(path, hash, 'file-over-folder');
    else if (isFolderInCloud) this.#wait(path, 'waits until the folder of this name is gone from the cloud');
    return !staysFolder && !isFolderInCloud;
  }

  /** The cloud has the name in another spelling. */
  #meetTwins({ path, base }: Cell, hash: ContentHash, twins: readonly VaultPath[]): void {
    const free = twins.filter((twin) => !this.#draft.isMoving(twin) && !this.#survey.isUnknown(twin));
    const to = free.find((twin) => this.#survey.cell(twin).local === undefined && this.#survey.inScope(twin));
    if (to !== undefined && fitsHere({ from: path, to }, this.#survey, this.#draft)) {
      // Not here under the committed spelling: this is that file, and its spelling wins.
      const former = this.#survey.cell(to).base;
      const kept = base === undefined || former === undefined ? (base ?? former) : undefined;
      this.#draft.set({
        kind: 'move-local',
        from: path,
        to,
        expected: hash,
        ...(kept === undefined ? {} : { base: kept }),
        why: 'spelling',
        reason: 'the cloud has this name in another spelling, which was committed first',
      });
      return;
    }
    // Here in both spellings: two files on a disk that tells case apart.
    if (free.some((twin) => this.#survey.cell(twin).local !== undefined))
      this.#setAside(path, hash, 'case-conflict');
    else this.#wait(path, `waits, as ${twins.join(', ')} in the cloud differs from it only in case`);
  }

  /** A path that the device lacks is to be brought here. */
  ontoDevice(path: VaultPath, { entry }: Download): void {
    const [twin] = this.#survey.localTwins(path);
    if (twin !== undefined || this.#draft.arrivesHere(path)) {
      const other = twin ?? 'another file in the cloud';
      this.#wait(path, `not brought here: its name differs from ${other} only in case; rename one of them`);
      return;
    }
    if (isFolder(path) ? this.#folderOntoDevice(path, entry) : this.#fileOntoDevice(path, entry)) {
      this.#draft.bringsHere(path);
    }
  }

  #fileOntoDevice(path: VaultPath, entry: FileEntry): boolean {
    const isFolderHere = this.#survey.hasBelow(this.#survey.here, path);
    const isFolderInCloud = this.#survey.hasBelow(this.#survey.cloud, path);
    if (isFolderHere || isFolderInCloud) {
      const stays =
        (isFolderHere && this.#staysBelowHere(path)) || (isFolderInCloud && this.#staysBelowInCloud(path));
      if (stays) this.#giveWay(path, entry);
      else this.#wait(path, 'waits until the folder of this name is gone');
      return false;
    }
    return this.#isClearAbove(path);
  }

  #folderOntoDevice(path: VaultPath, entry: FileEntry): boolean {
    if (!this.#survey.here.folders.has(foldPath(path))) return this.#isClearAbove(path);
    if (this.#staysBelowHere(path)) {
      this.#draft.set({ kind: 'tombstone', path, last: entry, reason: 'the folder is not empty any more' });
    } else this.#wait(path, 'waits until what the folder holds here is gone');
    return false;
  }

  /** Whether no file here has the name of one of the path's folders; one that has, and stays, is set aside. */
  #isClearAbove(path: VaultPath): boolean {
    const above = this.#survey.filesAbove(this.#survey.here, path);
    for (const file of above) {
      const { local } = this.#survey.cell(file);
      const isSettled = local === undefined || this.#draft.leavesHere(file) || this.#draft.isMoving(file);
      if (!isSettled) this.#setAside(file, local, 'file-over-folder');
      this.#wait(path, `waits until ${file} is no file any more`);
    }
    return above.length === 0;
  }

  /** A live file of the cloud has the name of a folder here. */
  #makeRoomInCloud(file: VaultPath): void {
    if (this.#draft.leavesCloud(file) || this.#draft.isMoving(file)) return;
    if (this.#survey.isUnknown(file) || !this.#survey.inScope(file)) return;
    const { local, live } = this.#survey.cell(file);
    if (local !== undefined) this.#setAside(file, local, 'file-over-folder');
    else if (live !== undefined) this.#giveWay(file, live);
  }

  /** The file in the cloud, which this device lacks, gets a name beside the folder. */
  #giveWay(file: VaultPath, source: FileEntry): void {
    const copy = this.#copyOf(file, source.hash);
    const to = copy ?? this.#copyName(file, source.hash);
    this.#draft.set({
      kind: 'move-remote',
      from: file,
      to,
      content: copy === undefined ? { side: 'remote' } : { side: 'local', hash: source.hash },
      source,
      reason: 'a folder has its name: the file gives way',
    });
  }

  /** A copy of the file that was set aside here before and is about to be committed. */
  #copyOf(file: VaultPath, hash: ContentHash): VaultPath | undefined {
    for (const step of this.#draft.steps()) {
      if (step.kind !== 'upload' || step.hash !== hash || step.prev.length > 0) continue;
      if (isConflictCopyOf(step.path, file) && this.#draft.arrivesInCloud(step.path)) return step.path;
    }
    return undefined;
  }

  /** Renames the file here, so that it goes on under a name of its own. */
  #setAside(from: VaultPath, expected: ContentHash, why: 'case-conflict' | 'file-over-folder'): void {
    const isCase = why === 'case-conflict';
    const to = isCase
      ? caseConflictName(from, this.#survey.input.policy.deviceName, this.#isTaken)
      : this.#copyName(from, expected);
    const reason = isCase
      ? 'another file has this name in another spelling, and some devices cannot keep both'
      : 'a folder has its name: the file gives way';
    this.#draft.set({ kind: 'move-local', from, to, expected, why, reason });
  }

  #copyName(path: VaultPath, hash: ContentHash): VaultPath {
    const { deviceName, timeMs } = this.#survey.input.policy;
    return conflictCopyName(path, { deviceName, timeMs, hash }, this.#isTaken);
  }

  readonly #isTaken = (name: VaultPath): boolean => {
    const { here, cloud, input } = this.#survey;
    const fold = foldPath(name);
    return (
      here.pathsByFold.has(fold) ||
      cloud.pathsByFold.has(fold) ||
      here.folders.has(`${fold}/`) ||
      cloud.folders.has(`${fold}/`) ||
      this.#draft.arrivesHere(name) ||
      this.#draft.arrivesInCloud(name) ||
      // What a former file of the name left behind would be taken for this one's past.
      input.remote.has(name) ||
      input.base.has(name)
    );
  };

  #wait(path: VaultPath, reason: string): void {
    this.#draft.set({ kind: 'notice', path, reason });
  }

  /** Whether the plan leaves something here in the folder that has the file's name. */
  #staysBelowHere(path: VaultPath): boolean {
    this.#stayingHere ??= indexFolds(
      [...this.#survey.input.local.files.keys()].filter((file) => !this.#draft.leavesHere(file)),
    );
    return this.#stayingHere.folders.has(asFolder(path));
  }

  /** Whether the plan leaves something in the cloud in the folder that has the file's name. */
  #staysBelowInCloud(path: VaultPath): boolean {
    this.#stayingInCloud ??= indexFolds(
      [...livePaths(this.#survey.input)].filter((file) => !this.#draft.leavesCloud(file)),
    );
    return this.#stayingInCloud.folders.has(asFolder(path));
  }
}

function asFolder(path: VaultPath): string {
  return isFolder(path) ? foldPath(path) : `${foldPath(path)}/`;
}

/** Whether the step brings a new name into the cloud. */
export function isArrivalInCloud(step: Step | undefined, cell: Cell): step is Upload {
  return step?.kind === 'upload' && cell.live === undefined;
}

/** Whether the step brings a new name onto the device. */
export function isArrivalHere(step: Step | undefined): step is Download {
  return step?.kind === 'download' && step.expected === 'absent';
}
