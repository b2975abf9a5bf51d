import { bodySize, readPiece } from '../body.ts';
import type { ObjectBody, ObjectInfo } from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import { discard, type GcsAnswer, type GcsConnection } from './gcs-connection.ts';
import { corruptAnswer, readBytes } from './read-body.ts';
import { readRefusal } from './refusal.ts';
import { readObject } from './resources.ts';
import { detailOf } from './translate-error.ts';

/** All pieces but the last are a multiple of this, bytes. */
export const PIECE_UNIT_BYTES = 256 * 1024;
/** Of requests that brought nothing further; any progress begins the count anew. */
const MOST_FAILURES = 5;
const FIRST_PAUSE_MS = 500;
const MOST_JSON_BYTES = 1024 * 1024;

export interface Upload {
  readonly connection: GcsConnection;
  readonly key: string;
  /** The session's address: who has it may write the object. */
  readonly address: URL;
  readonly pieceBytes: number;
  /** Turns an answer that is neither "go on" nor "done" into an error. */
  readonly refuse: (answer: GcsAnswer) => Promise<StoreError>;
  readonly signal?: AbortSignal | undefined;
}

/** What the server has: so many bytes from the beginning, or all, which makes it an object. */
type State =
  { readonly kind: 'open'; readonly offset: number } | { readonly kind: 'done'; readonly info: ObjectInfo };

/**
 * Sends a body in pieces, one after another, each in memory alone. A piece that was cut is gone on with from
 * where the server says it has got to; readers see nothing before the last byte is there. On failure the
 * session is taken back.
 *
 *   PUT bytes 0-8388607/N ──► 308 Range: bytes=0-8388607      cut ──► PUT bytes * /N ──► 308 Range, or 200
 *   PUT …-N-1/N           ──► 200 and the object
 */
export async function uploadInPieces(body: ObjectBody, upload: Upload): Promise<ObjectInfo> {
  try {
    return await sendAll(body, upload);
  } catch (error) {
    takeBack(upload);
    throw error;
  }
}

/** Each piece is read once, in order, and held until the server has all of it: some sources cannot go back. */
async function sendAll(body: ObjectBody, upload: Upload): Promise<ObjectInfo> {
  const size = bodySize(body);
  for (let start = 0; ;) {
    const piece = await readPiece(body, start, Math.min(upload.pieceBytes, size - start), 'gcs');
    const info = await sendWhole(piece, start, { upload, size });
    if (info !== undefined) return checkedSize(info, size, upload.key);
    start += piece.length;
  }
}

/** Until the server has the piece; with the last one it gives the object. */
async function sendWhole(
  piece: Uint8Array,
  start: number,
  { upload, size }: { readonly upload: Upload; readonly size: number },
): Promise<ObjectInfo | undefined> {
  let offset = start;
  let failures = 0;
  // Ends: each turn brings the upload on, or counts as a failure.
  while (offset < start + piece.length) {
    let state = await sendPiece(piece.subarray(offset - start), offset, { upload, size });
    if (state?.kind === 'open' && state.offset <= offset) state = undefined;
    if (state === undefined) failures += 1;
    state ??= await whereItStands(upload, { size, failures });
    if (state.kind === 'done') return state.info;
    // What the server once said it had, and has no more, is not kept here either.
    if (state.offset < offset) throw lost(upload, 'the server has less of the upload than it said');
    if (state.offset > start + piece.length)
      throw corruptAnswer('the server has more than was sent', upload.key);
    if (state.offset > offset) failures = 0;
    offset = state.offset;
  }
  return undefined;
}

/** `undefined`: what became of the piece is not known. */
async function sendPiece(
  piece: Uint8Array,
  offset: number,
  { upload, size }: { readonly upload: Upload; readonly size: number },
): Promise<State | undefined> {
  const range = `bytes ${String(offset)}-${String(offset + piece.length - 1)}/${String(size)}`;
  try {
    return await ask(upload, { range, size, body: piece });
  } catch (error) {
    if (isStoreError(error, 'unavailable') || isStoreError(error, 'rate-limited')) return undefined;
    throw error;
  }
}

/** Waits longer each time; gives up with the last error. */
async function whereItStands(
  upload: Upload,
  { size, failures }: { readonly size: number; readonly failures: number },
): Promise<State> {
  const { connection, key, signal } = upload;
  for (let count = failures; ; count += 1) {
    if (count > MOST_FAILURES) throw lost(upload, 'the upload does not get on');
    await connection.timer.sleep(FIRST_PAUSE_MS * 2 ** (count - 1), signal).catch((cause: unknown) => {
      throw new StoreError('aborted', { provider: 'gcs', key, cause });
    });
    try {
      return await ask(upload, { range: `bytes */${String(size)}`, size });
    } catch (error) {
      const passes = isStoreError(error, 'unavailable') || isStoreError(error, 'rate-limited');
      if (!passes || count === MOST_FAILURES) throw error;
    }
  }
}

async function ask(
  upload: Upload,
  { range, size, body }: { readonly range: string; readonly size: number; readonly body?: Uint8Array },
): Promise<State> {
  const { connection, address, key, signal } = upload;
  const request = { method: 'PUT' as const, headers: { 'content-range': range }, body: body ?? '' };
  const answer = await connection.sendTo(address, request, signal);
  switch (answer.statusCode) {
    case 200:
    case 201: {
      const bytes = await readBytes(answer, { mostBytes: MOST_JSON_BYTES, key, signal });
      const { serverTimeMs } = answer;
      const info = readObject(new TextDecoder().decode(bytes), key);
      return { kind: 'done', info: { ...info, ...(serverTimeMs === undefined ? {} : { serverTimeMs }) } };
    }
    case 308:
      discard(answer);
      return { kind: 'open', offset: persisted(answer.headers['range'], size, key) };
    case 404:
    case 410:
      throw lost(upload, detailOf(await readRefusal(answer, signal)));
    default:
      throw await upload.refuse(answer);
  }
}

/** The header names the last byte that is kept; without it nothing is. */
function persisted(range: string | undefined, size: number, key: string): number {
  if (range === undefined) return 0;
  const last = /^bytes=0-(?<last>\d{1,15})$/u.exec(range)?.groups?.['last'];
  const offset = Number(last) + 1;
  if (last === undefined || offset >= size) throw corruptAnswer(`an upload that stands at "${range}"`, key);
  return offset;
}

function checkedSize(info: ObjectInfo, size: number, key: string): ObjectInfo {
  if (info.sizeBytes === size) return info;
  throw corruptAnswer(`${String(info.sizeBytes)} of ${String(size)} bytes were stored`, key);
}

/** The session is gone or makes no headway: the same put, made again from its beginning, may succeed. */
function lost({ key }: Upload, detail: string): StoreError {
  return new StoreError('unavailable', { provider: 'gcs', key, detail });
}

/** A session that stays behind is seen by nobody and ends after a week; so nobody waits for this. */
function takeBack({ connection, address }: Upload): void {
  connection.keepUntilDone(connection.sendTo(address, { method: 'DELETE', headers: {} }).then(discard));
}
