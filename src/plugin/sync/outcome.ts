import { EngineError, type OpenConflict, type Problem, type SyncReport } from '../../engine/api.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { describeStoreError } from '../../storage/messages.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { SyncState } from '../service.ts';
import { TEXTS } from '../texts.ts';

/** Nothing can be asked of a cloud: none is named, or a key is missing here. */
export class UnsetError extends Error {
  override readonly name = 'UnsetError';
  /** The same as it is said inside the settings. */
  readonly inSettings: string;

  constructor(told: { readonly message: string; readonly inSettings: string }) {
    super(told.message);
    this.inSettings = told.inSettings;
  }

  get state(): SyncState {
    return { kind: 'unset', message: this.message, inSettings: this.inSettings };
  }
}

/** Of this sync and of earlier ones. */
interface Standing {
  /** Files under another name. */
  readonly aside: readonly VaultPath[];
  readonly open: readonly OpenConflict[];
}

/** What a good sync leaves to tell. */
export function stateAfter(report: SyncReport, { aside, open }: Standing, atMs: number): SyncState {
  const { outcome, held } = report;
  if (outcome === 'first-preview') return attention('first-preview', TEXTS.sync.firstPreview);
  if (outcome === 'held') return attention('held', TEXTS.sync.held(held.length));
  const { away, backups } = report;
  if (away !== undefined)
    return { kind: 'offline', message: TEXTS.backups.away(away), readFrom: away.readFrom };
  const problems = report.problems.filter(needsPerson);
  if (problems.length > 0) return attention('problems', TEXTS.sync.problems(problems, problems.length));
  if (open.length > 0)
    return { ...attention('conflicts', TEXTS.conflict.waiting(open)), conflicts: open.length };
  if (aside.length > 0) return attention('aside', TEXTS.sync.conflicts(aside));
  return backups === undefined ? { kind: 'synced', atMs } : { kind: 'synced', atMs, backups };
}

/** What passes by itself is no cause to call somebody. */
function needsPerson({ kind }: Problem): boolean {
  return kind !== 'deferred' && kind !== 'changed-while-read';
}

export interface Failure {
  readonly state: SyncState;
  /** Whether it counts towards the longer and longer waits. */
  readonly counts: boolean;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

export function failureOf(error: unknown, isOnline: boolean): Failure {
  const message = messageFor(error);
  if (error instanceof UnsetError) return { state: error.state, counts: false, level: 'info', message };
  if (!isOnline || isOutOfReach(error)) {
    const told = isOnline ? message : TEXTS.sync.offline;
    return { state: { kind: 'offline', message: told }, counts: true, level: 'warn', message: told };
  }
  return { state: attention('failed', message), counts: true, level: 'error', message };
}

/** In words for people, and for this place: the engine's own speak to a terminal at times. */
export function messageFor(error: unknown): string {
  if (error instanceof EngineError && error.kind === 'head-vanished') return TEXTS.sync.headVanished;
  if (error instanceof EngineError && error.kind === 'encrypted-bucket') return TEXTS.encryption.locked;
  if (error instanceof EngineError && error.kind === 'moved') return TEXTS.backups.moved;
  if (error instanceof EngineError && error.kind === 'no-conditions') return TEXTS.backups.noConditions;
  if (isStoreError(error)) {
    const { message, remedy } = describeStoreError(error);
    return `${message} ${remedy}`.trim();
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.includes('`twincloud ') ? TEXTS.sync.nothingYet : message;
}

function isOutOfReach(error: unknown): boolean {
  const cause = error instanceof EngineError ? error.cause : error;
  return isStoreError(cause, 'unavailable');
}

export function wasStopped(error: unknown): boolean {
  return (error instanceof EngineError && error.kind === 'aborted') || isStoreError(error, 'aborted');
}

function attention(
  reason: Extract<SyncState, { readonly kind: 'attention' }>['reason'],
  message: string,
): Extract<SyncState, { readonly kind: 'attention' }> {
  return { kind: 'attention', reason, message };
}
