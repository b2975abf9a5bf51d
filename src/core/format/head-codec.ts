import * as v from 'valibot';

import type { Head } from '../model/head.ts';
import type { Decoded } from './decoded.ts';
import { FORMAT, MAX_DELTAS, MAX_LOG, MAX_SHARDS } from '../model/head.ts';
import { parseContentHash } from '../model/ids.ts';
import { MAX_FORMER } from '../model/succession.ts';
import { decoded, undecodable } from './decoded.ts';
import { MAX_CONDEMNED, MAX_HEAD_BYTES } from './limits.ts';
import {
  CommitIdSchema,
  CountSchema,
  GenerationSchema,
  RecordSchema,
  StampSchema,
  TextSchema,
  areAscending,
  issueText,
  keySchema,
  recordToJson,
  stampToJson,
} from './record-schema.ts';
import { SEALED_FORMAT } from './sealed-head.ts';
import { decodeLines, encodeLines, parseJson } from './text.ts';

/** The `minClient` that this version satisfies. */
export const CLIENT = 1;

const NameSchema = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/u));

const HeadSchema: v.GenericSchema<unknown, Head> = v.pipe(
  v.object({
    format: v.literal(FORMAT),
    minClient: v.pipe(CountSchema, v.maxValue(CLIENT)),
    vaultId: NameSchema,
    lineage: NameSchema,
    parent: v.exactOptional(v.object({ lineage: NameSchema, commit: CommitIdSchema })),
    succeededBy: v.exactOptional(TextSchema),
    former: v.exactOptional(v.pipe(v.array(NameSchema), v.minLength(1), v.maxLength(MAX_FORMER))),
    generation: GenerationSchema,
    commit: CommitIdSchema,
    log: v.pipe(v.array(CommitIdSchema), v.minLength(1), v.maxLength(MAX_LOG)),
    shards: v.pipe(
      v.array(v.custom<string>((json) => typeof json === 'string' && parseContentHash(json) !== undefined)),
      v.maxLength(MAX_SHARDS),
      v.check((shards) => (shards.length & (shards.length - 1)) === 0, 'a power of two of shards'),
    ),
    shardsAt: v.exactOptional(StampSchema),
    deltas: v.pipe(v.array(keySchema(['delta'])), v.maxLength(MAX_DELTAS)),
    spilled: CountSchema,
    delta: v.array(RecordSchema),
    root: v.exactOptional(CommitIdSchema),
    condemned: v.exactOptional(
      v.object({
        atMs: CountSchema,
        keys: v.pipe(
          v.array(keySchema(['pack', 'blob', 'delta', 'shard', 'root'])),
          v.maxLength(MAX_CONDEMNED),
        ),
        generation: v.exactOptional(GenerationSchema),
      }),
    ),
  }),
  v.check((head) => head.log.at(-1) === head.commit, 'a log that ends in the commit'),
  v.check((head) => new Set(head.log).size === head.log.length, 'a log without repetition'),
  v.check((head) => head.shards.length > 0 === (head.shardsAt !== undefined), 'shardsAt with shards'),
  v.check((head) => head.deltas.length > 0 || head.spilled === 0, 'nothing spilled without deltas'),
  v.check((head) => areAscending(head.delta), 'commits in order'),
  v.check((head) => (head.delta.at(-1)?.generation ?? 0) <= head.generation, 'no commit after the head'),
);

/**
 * One line of JSON; equal heads have equal bytes. Throws a `TypeError` for a head that no reader would
 * accept: a bug of the caller, and a commit that nobody can read is worse than none.
 */
export function encodeHead(head: Head): Uint8Array<ArrayBuffer> {
  const json = headToJson(head);
  const read = v.safeParse(HeadSchema, json, { abortEarly: true });
  if (!read.success) throw new TypeError(`No head: ${issueText(read.issues[0])}`);
  return encodeLines([json]);
}

/** Never throws. Fields that this version does not know are ignored. */
export function decodeHead(bytes: Uint8Array, maxBytes: number = MAX_HEAD_BYTES): Decoded<Head> {
  const lines = decodeLines(bytes, { what: 'head', maxBytes });
  if (!lines.ok) return lines;
  const [line, ...more] = lines.value;
  if (line === undefined) return undecodable('truncated', 'The head is empty.');
  const json = more.length === 0 ? parseJson(line) : undefined;
  if (json === undefined) return undecodable('not-json', 'The head is not JSON of one line.');
  if (isSealed(json)) {
    return undecodable(
      'sealed',
      'This cloud is encrypted, and this device has no key to it. Nothing was touched, and what was written here stays: it is sent when the passphrase was given. `twincloud init` asks for it.',
    );
  }
  if (isNewer(json)) {
    return undecodable(
      'newer-format',
      'A newer version of Twincloud wrote to this cloud. Update Twincloud on this device; nothing was touched.',
    );
  }
  const read = v.safeParse(HeadSchema, json, { abortEarly: true });
  if (read.success) return decoded(read.output);
  return undecodable('wrong-shape', `The head is damaged (${issueText(read.issues[0])}).`);
}

/** What is in it only a key tells. */
function isSealed(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const { format, minClient, sealed } = json as Readonly<Record<string, unknown>>;
  return format === SEALED_FORMAT && minClient === SEALED_FORMAT && typeof sealed === 'string';
}

/** Asked before the shape: a newer format may have any. */
function isNewer(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const { format, minClient } = json as { readonly format?: unknown; readonly minClient?: unknown };
  return (
    (typeof format === 'number' && format > FORMAT) || (typeof minClient === 'number' && minClient > CLIENT)
  );
}

function headToJson(head: Head): Readonly<Record<string, unknown>> {
  return {
    format: head.format,
    minClient: head.minClient,
    vaultId: head.vaultId,
    lineage: head.lineage,
    ...(head.parent !== undefined && {
      parent: { lineage: head.parent.lineage, commit: head.parent.commit },
    }),
    ...(head.succeededBy !== undefined && { succeededBy: head.succeededBy }),
    ...(head.former !== undefined && { former: head.former }),
    generation: head.generation,
    commit: head.commit,
    log: head.log,
    shards: head.shards,
    ...(head.shardsAt !== undefined && { shardsAt: stampToJson(head.shardsAt) }),
    deltas: head.deltas,
    spilled: head.spilled,
    delta: head.delta.map(recordToJson),
    ...(head.root !== undefined && { root: head.root }),
    ...(head.condemned !== undefined && { condemned: head.condemned }),
  };
}
