import { afterEach, beforeEach, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import type { ListedObject, ListOptions, ObjectStore } from '../../../src/storage/object-store.ts';
import { isStoreError, type StoreError } from '../../../src/storage/store-error.ts';
import type { Lack, OpenedStore, StoreSubject } from './suite.ts';

/** An empty store before each test, closed after it. */
export function useStore(subject: StoreSubject): () => ObjectStore {
  let opened: OpenedStore | undefined;
  beforeEach(async () => {
    opened = await subject.open();
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  return () => {
    if (opened === undefined) throw new Error('no store is open outside a test');
    return opened.store;
  };
}

/** `it`, or `it.skip` with the reason in the title where the subject lacks what the test needs. */
export function itUnless(
  subject: StoreSubject,
  lack: Lack,
): (title: string, test: () => Promise<void>) => void {
  const reason = subject.lacks?.[lack];
  if (reason === undefined) return (title, test) => it(title, test);
  return (title, test) => {
    it.skip(`${title} (not here: ${reason})`, test);
  };
}

/** `it` where the subject declares what the test is about; else there is no such test. */
export function itWhen(declared: boolean): (title: string, test: () => Promise<void>) => void {
  return (title, test) => {
    if (declared) it(title, test);
  };
}

type Metadata = Readonly<Record<string, string>>;

/** What comes back of metadata that was put: nothing where the subject keeps none. */
export function kept(subject: StoreSubject, metadata: Metadata): Metadata {
  return subject.lacks?.metadata === undefined ? metadata : {};
}

export function key(text: string): ObjectKey {
  return text as ObjectKey;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

export async function getText(store: ObjectStore, at: string): Promise<string> {
  return text(await getBytes(store, at));
}

export async function getBytes(store: ObjectStore, at: string): Promise<Uint8Array> {
  const result = await store.get(key(at));
  if (result.kind !== 'found') throw new Error(`${at}: ${result.kind}`);
  return result.body;
}

export async function putText(store: ObjectStore, at: string, body = 'x'): Promise<string> {
  const { etag } = await store.put(key(at), bytes(body));
  return etag;
}

export async function listed(
  store: ObjectStore,
  prefix = '',
  options: ListOptions = {},
): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  for await (const page of store.list(prefix, options)) objects.push(...page.objects);
  return objects;
}

export async function keys(store: ObjectStore, prefix = '', options: ListOptions = {}): Promise<string[]> {
  return (await listed(store, prefix, options)).map((object) => object.key);
}

/** The error that the call ended with; fails the test when it did not, or with another class. */
export async function failure(call: Promise<unknown>): Promise<StoreError> {
  const outcome = await call.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`resolved with ${JSON.stringify(outcome.value)}`);
  if (!isStoreError(outcome.error)) throw new Error('not a StoreError', { cause: outcome.error });
  return outcome.error;
}

/** How many calls resolved, and the kinds of those that did not. */
export async function tally(calls: readonly Promise<unknown>[]): Promise<{ won: number; kinds: string[] }> {
  const outcomes = await Promise.allSettled(calls);
  const kinds = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [] : [isStoreError(outcome.reason) ? outcome.reason.kind : 'foreign'],
  );
  return { won: outcomes.length - kinds.length, kinds };
}

const patterns = new Map<number, Uint8Array>();

/** Bytes that differ at every place a piece might be mixed up. Shared: not to be changed. */
export function patterned(sizeBytes: number): Uint8Array {
  const known = patterns.get(sizeBytes);
  if (known !== undefined) return known;
  const body = new Uint8Array(sizeBytes);
  let state = sizeBytes + 1;
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    body[i] = state >>> 24;
  }
  patterns.set(sizeBytes, body);
  return body;
}

/** Runs `call` for each item, at most 16 at once. */
export async function forEachParallel<T>(
  items: readonly T[],
  call: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await call(item);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
