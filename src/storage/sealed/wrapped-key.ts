import { joined } from '../../core/bytes.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { CallOptions, ObjectStore } from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import { VaultKey } from './vault-key.ts';

/** The vault's key under a passphrase, as it lies in the cloud: an age file of a few hundred bytes. */
export interface WrappedKey {
  /** Counts the passphrases that the vault had; the highest holds. */
  readonly revision: number;
  /** `VaultKey.id`: tells whether a recovery key is this vault's. */
  readonly id: string;
  readonly body: Uint8Array;
}

const PREFIX = '.twincloud/keys/';
const KEY = /^\.twincloud\/keys\/(\d{8})-([0-9a-f]{16})$/u;
/** Put once, with the first key in it: of devices that begin at the same moment one key holds. */
const CLAIM_KEY = `${PREFIX}first` as ObjectKey;
const MAX_BYTES = 64 * 1024;
/** 32 MiB and a third of a second on a computer. The file tells it: a later version may raise it. */
const WORK_FACTOR = 15;
/** More than 256 MiB no device is asked for. */
const MAX_WORK_FACTOR = 18;

/** `workFactor`: the logarithm of scrypt's cost; tests take a low one. */
export async function wrapKey(
  key: VaultKey,
  passphrase: string,
  options: { readonly revision: number; readonly workFactor?: number },
): Promise<WrappedKey> {
  const { Encrypter } = await import('./age.ts');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.normalize('NFC'));
  encrypter.setScryptWorkFactor(options.workFactor ?? WORK_FACTOR);
  const text = `# The key of a Twincloud vault. It opens all of it: keep it to yourself.\n${key.identity}\n`;
  return { revision: options.revision, id: key.id, body: await encrypter.encrypt(text) };
}

/** `undefined`: the passphrase is another. Rejects with a `StoreError` of kind `corrupt` when no passphrase could open it. */
export async function unwrapKey(wrapped: WrappedKey, passphrase: string): Promise<VaultKey | undefined> {
  const { Decrypter } = await import('./age.ts');
  if (factorOf(wrapped.body) > MAX_WORK_FACTOR) throw damaged('it asks for more memory than a device has');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.normalize('NFC'));
  let text: string;
  try {
    text = await decrypter.decrypt(wrapped.body, 'text');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) return undefined;
    throw damaged('it is cut short or damaged', error);
  }
  const line = text.split('\n').find((one) => one.startsWith('AGE-SECRET-KEY-')) ?? '';
  const key = await VaultKey.parse(line);
  if (key === undefined) throw damaged('it holds no key');
  return key;
}

/** As the file's second line says; 0 where it does not, which the library refuses. */
function factorOf(body: Uint8Array): number {
  const start = new TextDecoder('latin1').decode(body.subarray(0, 200));
  return Number(/^-> scrypt \S+ (\d{1,3})$/mu.exec(start)?.[1] ?? 0);
}

function damaged(detail: string, cause?: unknown): StoreError {
  return new StoreError('corrupt', { provider: 'encryption', key: PREFIX, detail, cause });
}

/** The one that holds. */
export async function readWrappedKey(
  store: ObjectStore,
  options: CallOptions = {},
): Promise<WrappedKey | undefined> {
  const newest = (await listKeys(store, options)).at(-1);
  if (newest === undefined) return undefined;
  const result = await store.get(newest.key, { ...options, range: { offset: 0, length: MAX_BYTES } });
  if (result.kind === 'unchanged') throw damaged('it was not sent');
  const { revision, id } = newest;
  return { revision, id, body: result.body };
}

/**
 * Makes `wrapped` the vault's first key, unless there is one; resolves with the one that holds. Cut off, it is
 * completed by the next call, on any device. Needs a store that keeps conditions.
 */
export async function claimFirstKey(
  store: ObjectStore,
  wrapped: WrappedKey,
  options: CallOptions = {},
): Promise<WrappedKey> {
  const held = await readWrappedKey(store, options);
  if (held !== undefined) return held;
  const claimed = await claim(store, wrapped, options);
  // One that was slow may claim what was done, and the claim removed, long ago.
  const since = await readWrappedKey(store, options);
  if (since !== undefined && since.id !== claimed.id) {
    await store.delete(CLAIM_KEY, options);
    return since;
  }
  await addWrappedKey(store, claimed, options);
  return claimed;
}

async function claim(store: ObjectStore, wrapped: WrappedKey, options: CallOptions): Promise<WrappedKey> {
  const text = `${wrapped.id}\n`;
  const body = joined([new TextEncoder().encode(text), wrapped.body]);
  try {
    await store.put(CLAIM_KEY, body, { ...options, ifNoneMatch: '*' });
    return wrapped;
  } catch (error) {
    if (!isStoreError(error, 'conflict')) throw error;
  }
  const result = await store.get(CLAIM_KEY, { ...options, range: { offset: 0, length: MAX_BYTES } });
  const first = result.kind === 'found' ? result.body : new Uint8Array();
  const id = new TextDecoder('latin1').decode(first.subarray(0, text.length - 1));
  if (!/^[0-9a-f]{16}$/u.test(id)) throw damaged('what was begun there is damaged');
  return { revision: wrapped.revision, id, body: first.slice(text.length) };
}

/** `false`: another device wrote one of this revision first. */
export async function addWrappedKey(
  store: ObjectStore,
  { revision, id, body }: WrappedKey,
  options: CallOptions = {},
): Promise<boolean> {
  const key = `${PREFIX}${String(revision).padStart(8, '0')}-${id}` as ObjectKey;
  const condition = store.capabilities.conditionalPut ? { ifNoneMatch: '*' as const } : {};
  try {
    await store.put(key, body, { ...options, ...condition });
    return true;
  } catch (error) {
    if (isStoreError(error, 'conflict')) return false;
    throw error;
  }
}

/** Brings a cloud's word of the key up to `wrapped`, and removes what former passphrases opened; a newer one stays. */
export async function shareWrappedKey(
  store: ObjectStore,
  wrapped: WrappedKey,
  options: CallOptions = {},
): Promise<void> {
  const there = await listKeys(store, options);
  const newest = there.at(-1)?.revision ?? 0;
  if (newest < wrapped.revision) await addWrappedKey(store, wrapped, options);
  if (newest > wrapped.revision) return;
  for (const { key, revision } of there) if (revision < wrapped.revision) await store.delete(key, options);
  // It opens with the first passphrase.
  if (wrapped.revision > 1) await store.delete(CLAIM_KEY, options);
}

interface ListedKey {
  readonly key: ObjectKey;
  readonly revision: number;
  readonly id: string;
}

/** Oldest first. */
async function listKeys(store: ObjectStore, options: CallOptions): Promise<ListedKey[]> {
  const found: ListedKey[] = [];
  for await (const { objects } of store.list(PREFIX, options))
    for (const { key } of objects) {
      const [, digits, id] = KEY.exec(key) ?? [];
      if (digits !== undefined && id !== undefined) found.push({ key, revision: Number(digits), id });
    }
  return found.sort((a, b) => a.revision - b.revision);
}
