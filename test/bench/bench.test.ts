import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOUD_STEPS, CloudWork, type CloudStep } from '../../bench/cloud-steps.mts';
import type { Counts, StepResult } from '../../bench/result.mts';
import {
  expectedDownload,
  expectedUpload,
  shapeOf,
  TOLERANCE,
  type VaultShape,
} from '../../bench/expected.mts';
import { Rig } from '../../bench/rig.mts';

const NOTES = 200;

let rig: Rig;
let shape: VaultShape;
const counted = new Map<CloudStep, StepResult>();

function counts(step: CloudStep): Required<Counts> {
  const {
    requests = -1,
    byKind = {},
    bytesUp = -1,
    bytesDown = -1,
    packs = -1,
  } = counted.get(step)?.counts ?? {};
  return { requests, byKind, bytesUp, bytesDown, packs };
}

beforeAll(async () => {
  rig = await Rig.open({ rttMs: 0 });
  const work = new CloudWork(rig, { notes: NOTES, attachments: 4 });
  await work.prepare();
  shape = await shapeOf(work.vault);
  for (const step of CLOUD_STEPS) {
    if (step !== 'no-op-large') counted.set(step, await work.run(step));
  }
}, 240_000);

afterAll(() => rig.close());

describe('what a sync asks of the cloud', () => {
  it('uploads 200 notes in the requests and bytes of the formula', () => {
    const wanted = expectedUpload(shape);
    expect(counts('upload').packs).toBeGreaterThan(0);
    expect(counts('upload').requests).toBeLessThanOrEqual(wanted.requests);
    expect(Math.abs(counts('upload').bytesUp / wanted.bytes - 1)).toBeLessThan(TOLERANCE);
  });

  it('downloads them in the requests and bytes of the formula', () => {
    const wanted = expectedDownload(shape);
    expect(counts('download').requests).toBeLessThanOrEqual(wanted.requests);
    expect(Math.abs(counts('download').bytesDown / wanted.bytes - 1)).toBeLessThan(TOLERANCE);
  });

  it('asks once, and moves no bytes, when nothing changed', () => {
    expect(counts('no-op')).toEqual({ requests: 1, byKind: { GET: 1 }, bytesUp: 0, bytesDown: 0, packs: 0 });
  });

  it('sends ten edits in one pack and at most 4 requests', () => {
    expect(counts('edit').packs).toBe(1);
    expect(counts('edit').requests).toBeLessThanOrEqual(4);
  });

  it('receives ten edits in at most 4 requests', () => {
    expect(counts('edit-received').requests).toBeLessThanOrEqual(4);
  });

  it('sends a hundred renames without contents in at most 4 requests', () => {
    expect(counts('rename').packs).toBe(0);
    expect(counts('rename').requests).toBeLessThanOrEqual(4);
  });

  it('receives a hundred renames without contents in at most 4 requests', () => {
    expect(counts('rename-received').bytesDown).toBeLessThanOrEqual(counts('rename').bytesUp);
    expect(counts('rename-received').requests).toBeLessThanOrEqual(4);
  });

  it('asks no more in a program that stays', () => {
    expect(counts('no-op-running').requests).toBe(1);
    expect(counts('edit-running').requests).toBeLessThanOrEqual(4);
    expect(counts('rename-running').packs).toBe(0);
  });

  it('writes the readable copy with one put a file and a few more', () => {
    const { byKind, requests } = counts('readable-copy');
    expect(byKind['PUT']).toBeGreaterThanOrEqual(NOTES + 4);
    expect(requests).toBeLessThanOrEqual(NOTES + 4 + 12);
  });
});
