import * as v from 'valibot';

import type { CommitRecord, CommitStamp } from '../model/head.ts';
import type { CommitId, DeviceId, ObjectKey } from '../model/ids.ts';
import type { KeyKind } from './keys.ts';
import { EXTERNAL_DEVICE } from '../model/ids.ts';
import { entryFromJson, entryToJson, wholeMs } from './entry-codec.ts';
import { classifyKey } from './keys.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';

/** A whole number from 0 that a double holds exactly. */
export const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const GenerationSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const TextSchema = v.pipe(v.string(), v.maxLength(MAX_TEXT_LENGTH));

const ID = /^[0-9a-f]{16}$/u;

export const CommitIdSchema = v.custom<CommitId>((json) => typeof json === 'string' && ID.test(json));

const DeviceIdSchema = v.custom<DeviceId>(
  (json) => typeof json === 'string' && (ID.test(json) || json === EXTERNAL_DEVICE),
);

/** A key of one of the kinds. */
export function keySchema(kinds: readonly KeyKind[]): v.GenericSchema<unknown, ObjectKey> {
  return v.custom<ObjectKey>((json) => typeof json === 'string' && kinds.includes(classifyKey(json)));
}

const EntrySchema = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const entry = entryFromJson(dataset.value);
    if (typeof entry !== 'string') return entry;
    addIssue({ message: `Invalid ${entry} of an entry` });
    return NEVER;
  }),
);

const stampFields = {
  commit: CommitIdSchema,
  generation: GenerationSchema,
  device: DeviceIdSchema,
  deviceName: TextSchema,
  timeMs: CountSchema,
};

export const StampSchema: v.GenericSchema<unknown, CommitStamp> = v.object(stampFields);

export const RecordSchema: v.GenericSchema<unknown, CommitRecord> = v.object({
  ...stampFields,
  entries: v.array(EntrySchema),
});

/** Fields in their order, so that equal stamps have equal bytes. */
export function stampToJson(stamp: CommitStamp): Readonly<Record<string, unknown>> {
  return {
    commit: stamp.commit,
    generation: stamp.generation,
    device: stamp.device,
    deviceName: stamp.deviceName,
    timeMs: wholeMs(stamp.timeMs),
  };
}

export function recordToJson(record: CommitRecord): Readonly<Record<string, unknown>> {
  return { ...stampToJson(record), entries: record.entries.map(entryToJson) };
}

/** Records stand in the order of their commits. */
export function areAscending(records: readonly CommitRecord[]): boolean {
  return records.every(
    (record, index) => index === 0 || record.generation > (records[index - 1]?.generation ?? Infinity),
  );
}

/** Where and what, without the value: it may be somebody's text. */
export function issueText(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  return where === null ? issue.message : `${where}: expected ${issue.expected ?? issue.message}`;
}
