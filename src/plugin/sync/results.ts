import type { VaultPath } from '../../core/model/vault-path.ts';
import type { OpenConflict, Problem, SyncReport } from '../../engine/api.ts';
import type { SyncState } from '../service.ts';
import { TEXTS } from '../texts.ts';
import type { Conflicts } from './conflicts.ts';
import type { LogRing } from './log-ring.ts';
import { stateAfter, UnsetError, type Failure } from './outcome.ts';

export interface ResultsOptions {
  readonly conflicts: Conflicts;
  readonly log: LogRing;
  readonly now: () => number;
  /** Throws an `UnsetError` where something is missing. */
  readonly checkSetup: () => void;
}

/** What the last sync left to tell, whatever goes on now. */
export class Results {
  readonly #options: ResultsOptions;
  #state: SyncState = { kind: 'synced', atMs: undefined };
  #problems: readonly Problem[] = [];
  #toldFailure: string | undefined;

  constructor(options: ResultsOptions) {
    this.#options = options;
    this.lookAtSetup();
  }

  get state(): SyncState {
    return this.#state;
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  get conflicts(): readonly VaultPath[] {
    return this.#options.conflicts.standing();
  }

  get openConflicts(): readonly OpenConflict[] {
    return this.#options.conflicts.open();
  }

  /** Nothing may go on by itself: something is missing, or somebody must look at the first sync. */
  get isBlocked(): boolean {
    const state = this.#state;
    return state.kind === 'unset' || (state.kind === 'attention' && state.reason === 'first-preview');
  }

  done(report: SyncReport): void {
    const { conflicts, now } = this.#options;
    conflicts.found(report);
    const told = new Set(this.#problems.map(({ message }) => message));
    this.#problems = report.problems;
    this.#toldFailure = undefined;
    this.#state = stateAfter(report, { aside: conflicts.standing(), open: conflicts.open() }, now());
    this.#write({ ...report, problems: report.problems.filter(({ message }) => !told.has(message)) });
  }

  failed({ state, level, message }: Failure): void {
    const { log, now } = this.#options;
    this.#state = state;
    // Each try of the same would fill the log.
    if (message !== this.#toldFailure) log.add({ timeMs: now(), level, text: message });
    this.#toldFailure = message;
  }

  forget(): void {
    this.#problems = [];
    this.#options.conflicts.forget();
    this.#state = { kind: 'synced', atMs: undefined };
    this.lookAtSetup();
  }

  /** After something was set up, or taken away. */
  lookAtSetup(): void {
    try {
      this.#options.checkSetup();
      if (this.#state.kind === 'unset') this.#state = { kind: 'synced', atMs: undefined };
    } catch (error) {
      if (!(error instanceof UnsetError)) throw error;
      this.#state = error.state;
    }
  }

  #write({ problems, outcome, events }: SyncReport): void {
    const { log, now } = this.#options;
    const timeMs = now();
    log.add(...problems.map(({ message }) => ({ timeMs, level: 'warn', text: message }) as const));
    if (outcome !== 'done' && this.#state.kind === 'attention')
      log.add({ timeMs, level: 'warn', text: this.#state.message });
    else if (events.length > 0) log.add({ timeMs, level: 'info', text: TEXTS.sync.log.done(events.length) });
  }
}
