/*
 * One writer of many on one folder, killed at any moment by `folder-race.test.ts`.
 *
 *   node --import tsx folder-racer.mts <folder> <name>
 *
 * Counts up an object, each time only from the version that it read: body = `<n> <name> <filler>`, metadata
 * `n`. In between it overwrites a plain object in the same form without any condition, and reads that.
 * Prints a line before each try and after each answer, so that the test knows what this process was told:
 *   try <n>      about to write n, having read n - 1
 *   won <n>      told that it succeeded
 *   lost <n>     told `conflict`, or `not-found` for an object that is gone
 *   unsure <n>   told `unavailable`
 *   torn <text>  read something that no writer wrote
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import { FolderStore } from '../../src/storage/folder/folder-store.mts';
import type { PutOptions } from '../../src/storage/object-store.ts';
import { isStoreError } from '../../src/storage/store-error.ts';

const FILLER_BYTES = 100_000;
const KEY = '.twincloud/head' as ObjectKey;
const PLAIN_KEY = 'notes/plain.md' as ObjectKey;
const [folder = '', name = ''] = process.argv.slice(2);
const random = { hex: (digits: number) => randomBytes(digits).toString('hex').slice(0, digits) };
const store = new FolderStore({ folder, clock: Date, random });

/** At once and in whole: the process may be killed right after. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function bodyOf(count: number): Uint8Array {
  const start = `${String(count)} ${name} `;
  return Buffer.from(start + String(count % 10).repeat(FILLER_BYTES));
}

interface Seen {
  readonly count: number;
  readonly condition: PutOptions;
}

async function look(key: ObjectKey): Promise<Seen> {
  try {
    const result = await store.get(key);
    if (result.kind !== 'found') throw new Error(result.kind);
    const text = Buffer.from(result.body).toString();
    const count = Number(text.split(' ')[0]);
    const whole = text.endsWith(` ${String(count % 10).repeat(FILLER_BYTES)}`) && result.metadata['count'];
    if (whole !== String(count)) say(`torn ${text.slice(0, 60)} ${JSON.stringify(result.metadata)}`);
    return { count, condition: { ifMatch: result.etag } };
  } catch (error) {
    if (isStoreError(error, 'not-found')) return { count: 0, condition: { ifNoneMatch: '*' } };
    throw error;
  }
}

async function countUp(): Promise<void> {
  const { count, condition } = await look(KEY);
  const next = count + 1;
  say(`try ${String(next)}`);
  try {
    await store.put(KEY, bodyOf(next), { ...condition, metadata: { count: String(next) } });
    say(`won ${String(next)}`);
  } catch (error) {
    if (isStoreError(error, 'conflict') || isStoreError(error, 'not-found')) say(`lost ${String(next)}`);
    else if (isStoreError(error, 'unavailable')) say(`unsure ${String(next)}`);
    else throw error;
  }
}

async function overwrite(): Promise<void> {
  const { count } = await look(PLAIN_KEY);
  await store.put(PLAIN_KEY, bodyOf(count + 1), { metadata: { count: String(count + 1) } });
}

say('ready');
for (;;) {
  await overwrite();
  await countUp();
}
