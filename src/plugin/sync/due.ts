/** What decides when the next sync begins by itself. Times in milliseconds by the device's clock. */
export interface Situation {
  /** The app is ready, a cloud is set up, and nobody paused. */
  readonly isOn: boolean;
  readonly isRunning: boolean;
  /** Something happened after which to look at once: the app came back, the network came back. */
  readonly wanted: boolean;
  /** First and last edit since the last sync began. */
  readonly edits: { readonly firstMs: number; readonly lastMs: number } | undefined;
  /** Notes of the last sync wait until their typing is saved; the last key that was seen. */
  readonly deferred: { readonly typedMs: number } | undefined;
  readonly lastEndMs: number | undefined;
  /** Failed syncs in a row. */
  readonly failures: number;
  /** 0: never by time alone. */
  readonly intervalMs: number;
  readonly syncAfterEdit: boolean;
}

/** After an edit, so long without another. */
export const SETTLE_MS = 2000;
/** Whoever types without a pause is synced all the same. */
export const LONGEST_SETTLE_MS = 30_000;
/** A view that keeps its text to itself may be closed without an event. */
export const DEFERRED_RETRY_MS = 15_000;
const BACK_OFF_MS = 5000;
const MOST_BACK_OFF_MS = 5 * 60_000;
const MOST_DOUBLINGS = 6;

/**
 * When to sync next; `undefined`: not before something happens. A failure puts everything off but what is wanted
 * at once, longer each time.
 */
export function nextDue(situation: Situation, nowMs: number): number | undefined {
  const { isOn, isRunning, wanted, failures, lastEndMs } = situation;
  if (!isOn || isRunning) return undefined;
  if (wanted) return nowMs;
  if (failures > 0) return (lastEndMs ?? nowMs) + backOffMs(failures);
  const dues = [editDue(situation), deferredDue(situation, nowMs), intervalDue(situation)];
  const times = dues.filter((due) => due !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function editDue({ edits, syncAfterEdit }: Situation): number | undefined {
  if (edits === undefined || !syncAfterEdit) return undefined;
  return Math.min(edits.lastMs + SETTLE_MS, edits.firstMs + LONGEST_SETTLE_MS);
}

/** Soon after the typing: the app saves a note two seconds after its first unsaved key. */
function deferredDue({ deferred, edits, lastEndMs }: Situation, nowMs: number): number | undefined {
  if (deferred === undefined) return undefined;
  const retry = (lastEndMs ?? nowMs) + DEFERRED_RETRY_MS;
  return edits === undefined ? retry : Math.min(retry, Math.max(edits.lastMs, deferred.typedMs) + SETTLE_MS);
}

function intervalDue({ intervalMs, lastEndMs }: Situation): number | undefined {
  return intervalMs > 0 && lastEndMs !== undefined ? lastEndMs + intervalMs : undefined;
}

export function backOffMs(failures: number): number {
  return Math.min(MOST_BACK_OFF_MS, BACK_OFF_MS * 2 ** Math.min(failures - 1, MOST_DOUBLINGS));
}
