import * as v from 'valibot';
import type { SyncEvent } from '../../engine/api.ts';
import type { LocalStore } from '../adapters/device-store.ts';
import type { LogEntry } from '../service.ts';

const KEY = 'twincloud-log';
/** Some 100 KB of the app's storage, which all plugins share. */
const MOST_ENTRIES = 500;

const Stored = v.array(
  v.object({
    timeMs: v.number(),
    level: v.picklist(['info', 'warn', 'error']),
    text: v.string(),
    event: v.optional(v.custom<SyncEvent>((value) => typeof value === 'object' && value !== null)),
  }),
);

/** The last things that happened, in words. Kept over restarts from the last `save`. */
export class LogRing {
  readonly #store: LocalStore;
  readonly #listeners = new Set<() => void>();
  #entries: readonly LogEntry[];
  #isSaved = true;

  constructor(store: LocalStore) {
    this.#store = store;
    const stored = v.safeParse(Stored, store.load(KEY));
    this.#entries = stored.success ? (stored.output as LogEntry[]) : [];
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(...entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    this.#entries = [...this.#entries, ...entries].slice(-MOST_ENTRIES);
    this.#isSaved = false;
    for (const listener of this.#listeners) listener();
  }

  save(): void {
    if (this.#isSaved) return;
    this.#isSaved = true;
    this.#store.save(KEY, this.#entries);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
