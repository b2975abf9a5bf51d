import type { ContentHash } from '../../core/model/ids.ts';
import { EMPTY_HASH } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { LocalFile, LocalTree } from '../../core/plan/plan.ts';
import type { Problem } from '../api.ts';
import type { VaultFile } from '../ports.ts';
import { Touched } from '../touched.ts';
import { StateChanges, type LocalRow } from '../state.ts';

/**
 * The vault as a run knows it: the scan's result, kept in step with what the run itself does there.
 * Changes to remembered hashes collect in `takeChanges`.
 */
export class LocalView implements LocalTree {
  /** Paths that are no longer what the scan found. */
  readonly touched = new Touched();
  readonly #files = new Map<VaultPath, LocalFile>();
  readonly unknown = new Map<VaultPath, string>();
  readonly problems: Problem[] = [];
  /** The scan found no file at all, and nothing that it could not read. */
  foundEmpty = false;
  #changes = new StateChanges();
  #pathsByHash: Map<ContentHash, VaultPath> | undefined;

  get files(): ReadonlyMap<VaultPath, LocalFile> {
    return this.#files;
  }

  /** The file has these contents; remembered for the next scan. */
  setFile(file: VaultFile, hash: ContentHash, hashedAt: number): void {
    const { sizeBytes, mtimeMs } = file;
    this.touched.add(file.path);
    this.#files.set(file.path, { hash, sizeBytes, mtimeMs });
    this.#changes.local(file.path, { sizeBytes, mtimeMs, hash, hashedAt });
    this.#pathsByHash?.set(hash, file.path);
  }

  /** As `setFile`, where the remembered row is right already. */
  keepFile(file: VaultFile, row: LocalRow): void {
    this.#files.set(file.path, { hash: row.hash, sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs });
  }

  setFolder(path: VaultPath): void {
    this.touched.add(path);
    this.#files.set(path, { hash: EMPTY_HASH, sizeBytes: 0, mtimeMs: 0 });
  }

  /** The path is no longer there. */
  remove(path: VaultPath): void {
    this.touched.add(path);
    this.#files.delete(path);
    this.#changes.local(path, undefined);
  }

  /** The empty folder is no longer there. */
  removeFolder(path: VaultPath): void {
    this.touched.add(path);
    this.#files.delete(path);
  }

  /** Nothing may be concluded about the path in this run. */
  setUnknown(path: VaultPath, problem: Problem): void {
    this.touched.add(path);
    this.#files.delete(path);
    this.unknown.set(path, problem.message);
    this.problems.push(problem);
  }

  forgetRow(path: VaultPath): void {
    this.#changes.local(path, undefined);
  }

  /** A path that had these contents when last looked at; they must be hashed again when read. */
  pathWith(hash: ContentHash): VaultPath | undefined {
    if (this.#pathsByHash === undefined) {
      this.#pathsByHash = new Map();
      for (const [path, file] of this.files) this.#pathsByHash.set(file.hash, path);
    }
    const path = this.#pathsByHash.get(hash);
    return path !== undefined && this.files.get(path)?.hash === hash ? path : undefined;
  }

  get hasChanges(): boolean {
    return this.#changes.writes.length > 0;
  }

  /** The remembered rows that changed since the last call. */
  takeChanges(): StateChanges {
    const changes = this.#changes;
    this.#changes = new StateChanges();
    return changes;
  }
}
