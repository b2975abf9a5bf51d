import type { CompletedPart } from '@aws-sdk/client-s3';
import { bodySize, readPiece, throwIfAborted } from '../body.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { ObjectBody } from '../object-store.ts';
import type { Answer, Request, S3Connection } from './s3-connection.ts';
import { corruptAnswer } from './translate-error.ts';

/** S3's most parts of one object. */
const MAX_PARTS = 10_000;
/** Bounds the memory of one put to this many parts. */
const PARTS_AT_ONCE = 3;

export interface MultipartTarget {
  readonly connection: S3Connection;
  /** `connection.send` with its errors translated. */
  readonly send: <Output extends object>(request: Request<Output>) => Promise<Answer<Output>>;
  readonly location: { readonly Bucket: string; readonly Key: ObjectKey };
  readonly headers: { readonly Metadata?: Record<string, string>; readonly ContentType?: string };
  /** Bytes of a part; more where S3's most parts would not hold the body. */
  readonly partBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stores a large body in parts; readers see nothing of it until the last step. On any failure the
 * upload is taken back, so that the parts are not kept (and billed) for ever.
 */
export async function putInParts(
  body: ObjectBody,
  target: MultipartTarget,
): Promise<Answer<{ ETag: string }>> {
  const { send, location, headers } = target;
  const created = await send((client, sdk, options) =>
    client.send(new sdk.CreateMultipartUploadCommand({ ...location, ...headers }), options),
  );
  const UploadId = created.output.UploadId;
  if (UploadId === undefined) throw corruptAnswer('an upload without an id', location.Key);
  const upload = { ...location, UploadId };
  try {
    const Parts = await sendParts(body, target, upload);
    const done = await send((client, sdk, options) =>
      client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }), options),
    );
    const { ETag } = done.output;
    if (ETag === undefined) throw corruptAnswer('a stored object without a tag', location.Key);
    return { ...done, output: { ETag } };
  } catch (error) {
    await takeBack(target, upload);
    throw error;
  }
}

type Upload = MultipartTarget['location'] & { readonly UploadId: string };

/** After a failure no further part starts, and those under way end first: none arrives after the upload is taken back. */
async function sendParts(
  body: ObjectBody,
  target: MultipartTarget,
  upload: Upload,
): Promise<CompletedPart[]> {
  const size = bodySize(body);
  const partBytes = Math.max(target.partBytes, Math.ceil(size / MAX_PARTS));
  const count = Math.ceil(size / partBytes);
  const parts: CompletedPart[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const sendInTurn = async (): Promise<void> => {
    while (failures.length === 0 && next < count) {
      const index = next++;
      try {
        throwIfAborted(target.signal, 's3', upload.Key);
        const offset = index * partBytes;
        const piece = await readPiece(body, offset, Math.min(partBytes, size - offset), 's3');
        parts[index] = await sendPart(piece, index + 1, { target, upload });
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sendInTurn));
  if (failures.length > 0) throw failures[0];
  return parts;
}

async function sendPart(
  piece: Uint8Array,
  PartNumber: number,
  { target, upload }: { readonly target: MultipartTarget; readonly upload: Upload },
): Promise<CompletedPart> {
  const { output } = await target.send((client, sdk, options) =>
    client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body: piece }), options),
  );
  if (output.ETag === undefined) throw corruptAnswer('a stored part without a tag', upload.Key);
  return { PartNumber, ETag: output.ETag };
}

/** A part that was on its way when the upload was taken back may arrive after it, and begins it again. */
const MAX_TAKE_BACKS = 5;

/** Waited for, unless the caller wants to be gone: then it goes on and `close` waits for it. */
async function takeBack(target: MultipartTarget, upload: Upload): Promise<void> {
  const { connection, signal } = target;
  const work = untilGone(connection, upload, signal?.aborted === true);
  connection.keepUntilDone(work);
  if (signal?.aborted !== true) await work;
}

/** Where parts may still be on their way, the upload is gone only once the server says that there is none. */
async function untilGone(connection: S3Connection, upload: Upload, partsMayArrive: boolean): Promise<void> {
  for (let count = 0; count < MAX_TAKE_BACKS; count += 1) {
    try {
      await connection.send((client, sdk) => client.send(new sdk.AbortMultipartUploadCommand(upload)));
      if (!partsMayArrive) return;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchUpload') return;
      // Nothing more can be done at the last try; a lifecycle rule of the bucket is the net below.
    }
  }
}
