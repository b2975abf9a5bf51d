import { caseConflictName, conflictCopyName, isConflictCopyOf } from '../conflict/copy-name.ts';
import type { FileEntry } from '../model/entry.ts';
import type { ContentHash } from '../model/ids.ts';
import { isFolder, type VaultPath } from '../model/vault-path.ts';
import type { Cell, Step } from './cell.ts';
import type { Draft } from './draft.ts';
import { indexFolds, type FoldIndex } from './fold-index.ts';
import type { Action } from './plan.ts';
import { fitsHere, fitsInCloud } from './room.ts';
import { hasFolder, livePaths, type Survey } from './survey.ts';

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
    if (isFolder(path) && this.#hasFolderInCloud(path)) {
      this.#draft.drop(path);
      return;
    }
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
    if (isFolder(path) || this.#fileFitsCloud(path, hash)) this.#draft.bringsToCloud(path);
  }

  /** By what it holds, or in another spelling: an empty folder adds nothing to that. */
  #hasFolderInCloud(path: VaultPath): boolean {
    return hasFolder(this.#survey.cloud, this.#survey.fold(path)) || this.#draft.arrivesInCloud(path);
  }

  /** Whether the file is to be committed: no folder has its name. */
  #fileFitsCloud(path: VaultPath, hash: ContentHash): boolean {
    const { here, cloud } = this.#survey;
    const isFolderInCloud = this.#survey.isFolderName(cloud, path);
    const staysFolder =
      (this.#survey.isFolderName(here, path) && this.#survey.isFolderName(this.#staysHere(), path)) ||
      (isFolderInCloud && this.#survey.isFolderName(this.#staysInCloud(), path));
    if (staysFolder) this.#setAside(path, hash, 'file-over-folder');
    else if (isFolderInCloud) this.#wait(path, 'waits until the folder of this name is gone from the cloud');
    return !staysFolder && !isFolderInCloud;
  }

  /** The cloud has the name in another spelling. */
  #meetTwins(cell: Cell, hash: ContentHash, twins: readonly VaultPath[]): void {
    if (this.takeCommittedSpelling(cell)) return;
    const { path } = cell;
    // Both spellings are in use here: the disk tells case apart.
    const isUsedHere = (twin: VaultPath): boolean =>
      this.#survey.isFolderName(this.#survey.here, twin) ||
      (this.#survey.cell(twin).local !== undefined && !this.#draft.isMoving(twin));
    if (twins.some(isUsedHere)) this.#setAside(path, hash, 'case-conflict');
    else this.#wait(path, `waits, as ${twins.join(', ')} in the cloud differs from it only in case`);
  }

  /**
   * Whether the file, which the cloud lacks, is one that the cloud has in another spelling and the
   * device has not: then that spelling wins.
   */
  takeCommittedSpelling({ path, local, base }: Cell): boolean {
    if (local === undefined || isFolder(path)) return false;
    const isFree = (to: VaultPath): boolean => fitsHere({ from: path, to }, this.#survey, this.#draft);
    const to = this.#survey.cloudTwins(path).find(isFree);
    if (to === undefined) return false;
    const former = this.#survey.cell(to).base;
    // Two former contents: neither is known to be what both sides came from.
    const kept = base === undefined || former === undefined ? (base ?? former) : undefined;
    this.#draft.set({
      kind: 'move-local',
      from: path,
      to,
      expected: local,
      ...(kept === undefined ? {} : { base: kept }),
      why: 'spelling',
      reason: 'the cloud has this name in another spelling, which was committed first',
    });
    return true;
  }

  /** A path that the device lacks is to be brought here. */
  ontoDevice(path: VaultPath, { entry }: Download): void {
    if (this.#isFilled(path)) {
      this.#dropFilledFolder(path, entry);
      return;
    }
    const [twin] = this.#survey.localTwins(path);
    if (isFolder(path) && (twin !== undefined || this.#draft.arrivesHere(path))) {
      // Empty as well, in another spelling.
      this.#draft.drop(path);
      return;
    }
    if (twin !== undefined || this.#draft.arrivesHere(path)) {
      const other = twin ?? 'another file in the cloud';
      this.#wait(path, `not brought here: its name differs from ${other} only in case; rename one of them`);
      return;
    }
    if (this.#isClearBelow(path, entry) && this.#isClearAbove(path)) this.#draft.bringsHere(path);
  }

  /** Whether the path is an empty folder's on one side, and that folder holds something on some side. */
  #isFilled(path: VaultPath): boolean {
    if (!isFolder(path)) return false;
    const fold = this.#survey.fold(path);
    return this.#survey.here.isFilled(fold) || this.#survey.cloud.isFilled(fold);
  }

  /** A folder that holds something is there without an entry of its own. */
  #dropFilledFolder(path: VaultPath, entry: FileEntry): void {
    const fold = this.#survey.fold(path);
    if (this.#staysHere().isFilled(fold) || this.#staysInCloud().isFilled(fold)) {
      this.#draft.set({ kind: 'tombstone', path, last: entry, reason: 'the folder is not empty any more' });
    } else this.#wait(path, 'waits until what the folder holds is gone');
  }

  /** Whether no folder, here or in the cloud, has the name of this file; where one stays, the file gives way. */
  #isClearBelow(path: VaultPath, entry: FileEntry): boolean {
    const isFolderHere = this.#survey.isFolderName(this.#survey.here, path);
    const isFolderInCloud = this.#survey.isFolderName(this.#survey.cloud, path);
    if (!isFolderHere && !isFolderInCloud) return true;
    const stays =
      (isFolderHere && this.#survey.isFolderName(this.#staysHere(), path)) ||
      (isFolderInCloud && this.#survey.isFolderName(this.#staysInCloud(), path));
    if (stays) this.#giveWay(path, entry);
    else this.#wait(path, 'waits until the folder of this name is gone');
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
    if (this.#survey.filesAbove(this.#survey.cloud, file).length > 0) {
      this.#wait(file, 'waits until the file that has the name of its folder has given way');
      return;
    }
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
      const isExpected =
        this.#draft.arrivesInCloud(step.path) ||
        fitsInCloud({ from: file, to: step.path }, this.#survey, this.#draft);
      if (isExpected && isConflictCopyOf(step.path, file)) return step.path;
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
    const fold = this.#survey.fold(name);
    return (
      here.named(fold).length > 0 ||
      cloud.named(fold).length > 0 ||
      hasFolder(here, `${fold}/`) ||
      hasFolder(cloud, `${fold}/`) ||
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

  /** What the plan leaves here. */
  #staysHere(): FoldIndex {
    const paths = this.#survey.input.local.files.keys();
    this.#stayingHere ??= indexFolds([...paths].filter((path) => !this.#draft.leavesHere(path)));
    return this.#stayingHere;
  }

  /** What the plan leaves in the cloud. */
  #staysInCloud(): FoldIndex {
    const paths = livePaths(this.#survey.input);
    this.#stayingInCloud ??= indexFolds([...paths].filter((path) => !this.#draft.leavesCloud(path)));
    return this.#stayingInCloud;
  }
}

/** Whether the step brings a new name into the cloud. */
export function isArrivalInCloud(step: Step | undefined, cell: Cell): step is Upload {
  return step?.kind === 'upload' && cell.live === undefined;
}

/** Whether the step brings a new name onto the device. */
export function isArrivalHere(step: Step | undefined): step is Download {
  return step?.kind === 'download' && step.expected === 'absent';
}
