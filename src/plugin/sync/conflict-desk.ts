import type { VaultPath } from '../../core/model/vault-path.ts';
import type {
  ConflictContents,
  ConflictDecision,
  Engine,
  OpenConflict,
  SyncReport,
} from '../../engine/api.ts';
import type { ConflictService } from '../service.ts';

export interface ConflictDeskOptions {
  /** Does it in its turn; failures become an Error for people. */
  readonly asked: <T>(work: (engine: Engine, signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly open: () => readonly OpenConflict[];
  /** What a decision left to tell. */
  readonly done: (report: SyncReport) => void;
}

/** Conflicts that wait for a person, and what the person says. */
export class ConflictDesk implements ConflictService {
  readonly #options: ConflictDeskOptions;

  constructor(options: ConflictDeskOptions) {
    this.#options = options;
  }

  get open(): readonly OpenConflict[] {
    return this.#options.open();
  }

  read(copy: VaultPath): Promise<ConflictContents> {
    return this.#options.asked((engine, signal) => engine.readConflict(copy, signal));
  }

  resolve(decision: ConflictDecision): Promise<void> {
    return this.#decide((engine, signal) => engine.resolveConflict(decision, { signal }));
  }

  undo(id: string): Promise<void> {
    return this.#decide((engine, signal) => engine.undoResolution(id, { signal }));
  }

  async #decide(work: (engine: Engine, signal: AbortSignal) => Promise<SyncReport>): Promise<void> {
    this.#options.done(await this.#options.asked(work));
  }
}
