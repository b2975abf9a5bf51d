import type { ListedObject, ObjectStore } from '../../storage/object-store.ts';
import type { CloudDeps, Progress } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import type { Route } from '../replicas/copy-objects.ts';

/** One cloud, seen twice: as it lies there, and through the vault's key. */
export interface Sides {
  readonly deps: Omit<CloudDeps, 'store' | 'backups' | 'primary'>;
  readonly plain: ObjectStore;
  /** `withEncryption` around `plain`. */
  readonly sealed: ObjectStore;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** From the plain objects to the sealed ones. */
export function routeOf({ deps, plain, sealed, signal }: Sides): Route {
  return {
    deps: { ...deps, store: sealed },
    from: new Cloud({ ...deps, store: plain }, signal),
    to: new Cloud({ ...deps, store: sealed }, signal),
  };
}

/** Tells of objects as they are done; `phase` names the work. */
export class Tally {
  readonly #tell: (progress: Progress) => void;
  readonly #phase: Progress['phase'];
  readonly #totalFiles: number;
  readonly #totalBytes: number;
  #doneFiles = 0;
  #doneBytes = 0;

  constructor(sides: Sides, phase: Progress['phase'], objects: readonly ListedObject[]) {
    this.#tell = sides.onProgress ?? ((): void => undefined);
    this.#phase = phase;
    this.#totalFiles = objects.length;
    this.#totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  add({ sizeBytes }: Pick<ListedObject, 'sizeBytes'>): void {
    this.#doneFiles += 1;
    this.#doneBytes += sizeBytes;
    this.#tell({
      phase: this.#phase,
      doneFiles: Math.min(this.#doneFiles, this.#totalFiles),
      totalFiles: this.#totalFiles,
      doneBytes: Math.min(this.#doneBytes, this.#totalBytes),
      totalBytes: this.#totalBytes,
    });
  }
}
