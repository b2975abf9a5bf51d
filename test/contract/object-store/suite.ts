import { describe } from 'vitest';
import type { ObjectStore, StoreCapabilities } from '../../../src/storage/object-store.ts';
import { bodyTests } from './suite-bodies.ts';
import { conditionTests } from './suite-conditions.ts';
import { keyTests } from './suite-keys.ts';
import { lifetimeTests } from './suite-lifetime.ts';
import { listingTests } from './suite-listing.ts';
import { objectTests } from './suite-objects.ts';

/** What a subject may lack through no fault of our code: its tests are skipped, with the reason. */
export type Lack =
  | 'odd-keys'
  | 'nested-objects'
  | 'long-keys'
  | 'normal-forms'
  | 'utf8-order'
  | 'metadata'
  | 'unicode-metadata'
  | 'told-losers'
  | 'conditions-in-parts'
  | 'copy-onto-itself'
  | 'delimiter-across-pages';

/** One implementation of the port, as the suite sees it. */
export interface StoreSubject {
  /** A store without objects, of its own; `close` ends what was started for it (the store too). */
  open(): Promise<OpenedStore>;
  /** Declared, so that tests are chosen before anything is opened. Must be what the store says. */
  readonly capabilities: Pick<StoreCapabilities, 'conditionalPut' | 'serverCopy' | 'listingHash'>;
  /** The server's own limits, each with a sentence that says why. */
  readonly lacks?: Partial<Record<Lack, string>>;
  /** For servers far away or slow ones; 20 s unless told. */
  readonly timeoutMs?: number;
  /** Objects in the paging tests; 1,100 unless told. More than 1,000 shows the provider's own paging. */
  readonly manyObjects?: number;
}

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** Every sentence of `object-store.ts`; rules in docs/spec/storage.md. */
export function describeObjectStore(name: string, subject: StoreSubject): void {
  describe(`object store: ${name}`, { timeout: subject.timeoutMs ?? 20_000 }, () => {
    objectTests(subject);
    conditionTests(subject);
    bodyTests(subject);
    keyTests(subject);
    listingTests(subject);
    lifetimeTests(subject);
  });
}
