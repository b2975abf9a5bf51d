import { decodeUtf8, encodeLines, parseJson } from '../../core/format/text.ts';
import { SEALED_FORMAT } from '../../core/format/sealed-head.ts';
import { headKey } from '../../core/format/keys.ts';
import { StoreError } from '../store-error.ts';
import { openParts, sealBody } from './sealed-body.ts';
import { BrokenSeal, type VaultKey } from './vault-key.ts';
import { plainBytes } from './parts.ts';

/** What packs text objects: RFC 1952. `gunzip` rejects on damage, or when more than the limit would come out. */
export interface Gzip {
  gzip(bytes: Uint8Array): Promise<Uint8Array>;
  gunzip(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array>;
}

/** Of an envelope, unpacked. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 *   gzip( {"format":2,"minClient":2,"sealed":"-----BEGIN AGE ENCRYPTED FILE-----…"} )
 *
 * A version that knows nothing of sealing reads the first two fields and stops; what is sealed is the head's
 * object as an unencrypted vault has it.
 */
export async function sealHead(vaultKey: VaultKey, gzip: Gzip, plain: Uint8Array): Promise<Uint8Array> {
  const { armor } = await import('./age.ts');
  const sealed = armor.encode(await sealBody({ vaultKey, name: headKey }, plain));
  return gzip.gzip(encodeLines([{ format: SEALED_FORMAT, minClient: SEALED_FORMAT, sealed }]));
}

/** Rejects with `BrokenSeal`, or with kind `denied` where the head is not sealed at all. What is no head is given back as it is. */
export async function openHead(vaultKey: VaultKey, gzip: Gzip, body: Uint8Array): Promise<Uint8Array> {
  const envelope = await readEnvelope(gzip, body);
  if (envelope.kind === 'other') return body;
  if (envelope.kind === 'plain')
    throw new StoreError('denied', { provider: 'encryption', reason: 'not-sealed', key: headKey });
  const { armor } = await import('./age.ts');
  let sealed: Uint8Array;
  try {
    sealed = armor.decode(envelope.sealed);
  } catch (error) {
    throw new BrokenSeal('the head is cut short or damaged', { cause: error });
  }
  const size = plainBytes(sealed.length);
  if (size === undefined) throw new BrokenSeal('the head has a size that no sealed one has');
  return openParts({ vaultKey, name: headKey }, sealed, { first: 0, plainBytes: size });
}

export type Envelope =
  | { readonly kind: 'sealed'; readonly sealed: string }
  /** A head that is not encrypted. */
  | { readonly kind: 'plain' }
  /** Damaged, or of a later version. */
  | { readonly kind: 'other' };

export async function readEnvelope(gzip: Gzip, body: Uint8Array): Promise<Envelope> {
  let text: string | undefined;
  try {
    text = decodeUtf8(await gzip.gunzip(body, MAX_BYTES));
  } catch {
    return { kind: 'other' };
  }
  const json = text === undefined ? undefined : parseJson(text);
  if (typeof json !== 'object' || json === null) return { kind: 'other' };
  const { format, minClient, sealed } = json as Readonly<Record<string, unknown>>;
  if (format === 1) return { kind: 'plain' };
  const isOurs = format === SEALED_FORMAT && minClient === SEALED_FORMAT;
  return isOurs && typeof sealed === 'string' ? { kind: 'sealed', sealed } : { kind: 'other' };
}
