import { foldPath, isFolder, type VaultPath } from '../model/vault-path.ts';
import { cellAt, type Cell } from './cell.ts';
import { ancestorFolds, indexFolds, type FoldIndex } from './fold-index.ts';
import { liveEntry, type PlanInput } from './plan.ts';
import type { RowFacts } from './rows.ts';

/** What a plan asks about both sides. Indexes are made when first asked for: most plans need none. */
export class Survey implements RowFacts {
  readonly input: PlanInput;
  readonly fresh: boolean;
  readonly skipped: PlanInput['skipped'];
  #here: FoldIndex | undefined;
  #cloud: FoldIndex | undefined;
  #unknownFolds: ReadonlySet<string> | undefined;
  #folded: { readonly path: string; readonly fold: string } = { path: '', fold: '' };

  constructor(input: PlanInput) {
    this.input = input;
    this.fresh = input.fresh;
    this.skipped = input.skipped;
  }

  /** The device's paths, those of unknown contents too. */
  get here(): FoldIndex {
    const { files, unknown } = this.input.local;
    this.#here ??= indexFolds([...files.keys(), ...unknown.keys()]);
    return this.#here;
  }

  /** The cloud's live paths. */
  get cloud(): FoldIndex {
    this.#cloud ??= indexFolds(livePaths(this.input));
    return this.#cloud;
  }

  /** `foldPath`, which is asked for the same path several times in a row. */
  readonly fold = (path: VaultPath): string => {
    if (path !== this.#folded.path) this.#folded = { path, fold: foldPath(path) };
    return this.#folded.fold;
  };

  cell(path: VaultPath): Cell {
    return cellAt(path, this.input);
  }

  inScope(path: VaultPath): boolean {
    return this.input.policy.inScope(path);
  }

  /** A name that is here already in another spelling is one that this system can keep. */
  readonly nameProblem = (path: VaultPath): string | undefined => {
    const problem = this.input.policy.nameProblem(path);
    return problem === undefined || this.here.named(this.fold(path)).length > 0 ? undefined : problem;
  };

  /** Row 17, and whatever lies above, below or beside such a path in another spelling. */
  isUnknown(path: VaultPath): boolean {
    if (this.input.local.unknown.size === 0) return false;
    this.#unknownFolds ??= new Set([...this.input.local.unknown.keys()].map(foldPath));
    const fold = this.fold(path);
    if (this.#unknownFolds.has(fold) || this.#unknownFolds.has(`${fold}/`)) return true;
    for (const above of ancestorFolds(fold)) {
      if (this.#unknownFolds.has(above) || this.#unknownFolds.has(`${above}/`)) return true;
    }
    return false;
  }

  /** Other live paths of the cloud that fold like this one. */
  cloudTwins(path: VaultPath): readonly VaultPath[] {
    return this.#twins(this.cloud, path);
  }

  /** Other paths of the device that fold like this one. */
  localTwins(path: VaultPath): readonly VaultPath[] {
    return this.#twins(this.here, path);
  }

  #twins(index: FoldIndex, path: VaultPath): readonly VaultPath[] {
    return index.named(this.fold(path)).filter((other) => other !== path);
  }

  /** Files whose names are folders of this path. */
  filesAbove(index: FoldIndex, path: VaultPath): readonly VaultPath[] {
    const files: VaultPath[] = [];
    for (const above of ancestorFolds(this.fold(path))) files.push(...index.named(above));
    return files;
  }

  /** Whether a folder, empty or not, has the name of this file. */
  isFolderName(index: FoldIndex, path: VaultPath): boolean {
    return !isFolder(path) && hasFolder(index, `${this.fold(path)}/`);
  }
}

/** Whether the side has the folder of this fold, which ends in `/`, empty or not. */
export function hasFolder(index: FoldIndex, fold: string): boolean {
  return index.isFilled(fold) || index.named(fold).length > 0;
}

export function* livePaths({ remote }: Pick<PlanInput, 'remote'>): Generator<VaultPath> {
  for (const path of remote.keys()) if (liveEntry(remote, path) !== undefined) yield path;
}
