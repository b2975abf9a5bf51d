import * as v from 'valibot';
import { parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import type { OpenConflict, SyncReport } from '../../engine/api.ts';
import type { LocalStore } from '../adapters/device-store.ts';

const KEY = 'twincloud-conflicts';
const OPEN_KEY = 'twincloud-open-conflicts';
const MOST = 500;

const StoredOpen = v.array(
  v.looseObject({ path: v.string(), copy: v.string(), copyDevice: v.string(), timeMs: v.number() }),
);

/** What syncs of this device left for a person: open conflicts, and files that were set aside. */
export class Conflicts {
  readonly #store: LocalStore;
  readonly #exists: (path: VaultPath) => boolean;
  #aside: readonly VaultPath[];
  #open: readonly OpenConflict[];

  constructor(store: LocalStore, exists: (path: VaultPath) => boolean) {
    this.#store = store;
    this.#exists = exists;
    const stored = v.safeParse(v.array(v.string()), store.load(KEY));
    this.#aside = (stored.success ? stored.output : []).flatMap((path) => parseVaultPath(path) ?? []);
    const open = v.safeParse(StoredOpen, store.load(OPEN_KEY));
    this.#open = open.success ? (open.output as unknown as readonly OpenConflict[]) : [];
  }

  found({ conflicts, open, events }: Pick<SyncReport, 'conflicts' | 'open' | 'events'>): void {
    const known = new Set([...open.map(({ copy }) => copy), ...this.#open.map(({ copy }) => copy)]);
    // Who keeps both by the settings is not called.
    for (const { kind, other, undo } of events)
      if (kind === 'conflict-copy' && undo !== undefined && other !== undefined) known.add(other);
    const aside = [...new Set([...this.#aside, ...conflicts])].filter((path) => !known.has(path));
    this.#keep(aside.slice(-MOST), open);
  }

  /** Files that were set aside. Whoever deletes or renames one has looked at it. */
  standing(): readonly VaultPath[] {
    return this.#aside.filter((path) => this.#exists(path));
  }

  /** Oldest first. Whoever deletes or renames note or copy has decided. */
  open(): readonly OpenConflict[] {
    return this.#open.filter(({ path, copy }) => this.#exists(path) && this.#exists(copy));
  }

  forget(): void {
    this.#keep([], []);
  }

  #keep(aside: readonly VaultPath[], open: readonly OpenConflict[]): void {
    const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
    if (!isSame(aside, this.#aside)) this.#store.save(KEY, aside);
    if (!isSame(open, this.#open)) this.#store.save(OPEN_KEY, open);
    this.#aside = aside;
    this.#open = open;
  }
}
