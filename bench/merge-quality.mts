/**
 * How many merges are resolved and right, beside `git merge-file` and diff-match-patch.
 * Run: npm run bench:merge [-- --tools FOLDER]
 * Without a folder, small notes of its own; its cases-dev.jsonl.gz has lines of {base, ours, theirs, human, kept, set}, and of
 * it those are taken in which git sees a conflict.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import DiffMatchPatch from 'diff-match-patch';
import { merge } from '../src/core/merge/merge.ts';
import { tokenize } from '../src/core/merge/tokens.ts';
import { canvasReport } from './canvas-quality.mts';
import { generateCases } from './merge-cases.mts';
import type { MergeCase } from './merge-cases.mts';
import { chance } from './tools/random.mts';

type Merge = (given: MergeCase) => string | undefined;

const CASES = 700;
const CANVASES = 5000;
const folder = mkdtempSync(path.join(tmpdir(), 'bench-merge-'));
const matcher = new DiffMatchPatch.diff_match_patch();

const MERGES: Record<string, Merge> = {
  twincloud: ({ base, local, remote }) => {
    const result = merge(base, local, remote);
    return result.kind === 'clean' ? result.text : undefined;
  },
  'git merge-file': (given) => {
    for (const side of ['base', 'local', 'remote'] as const)
      writeFileSync(path.join(folder, side), given[side]);
    const run = spawnSync('git', ['merge-file', '-p', '-q', 'local', 'base', 'remote'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return run.status === 0 ? run.stdout : undefined;
  },
  'diff-match-patch': ({ base, local, remote }) => {
    const [text, applied] = matcher.patch_apply(matcher.patch_make(base, local), remote);
    return applied.every(Boolean) ? text : undefined;
  },
};

/** A word that no version has, or half of a pair of surrogates: nobody wrote that. */
function isCorrupt({ base, local, remote }: MergeCase, merged: string): boolean {
  const known = new Set([base, local, remote].flatMap((text) => tokenize(text).map((token) => token.text)));
  return (
    /\p{Surrogate}/u.test(merged) ||
    tokenize(merged).some(({ kind, text }) => kind === 'word' && !known.has(text))
  );
}

interface Line {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly human: string;
  readonly kept: boolean;
  readonly set: string;
}

function readCases(file: string): MergeCase[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Line)
    .filter(({ set }) => set === 'conflict')
    .map(({ base, ours, theirs, human, kept }) => ({
      base,
      local: ours,
      remote: theirs,
      right: [human],
      kept,
    }));
}

function report(name: string, cases: readonly MergeCase[]): string {
  const run = MERGES[name];
  if (run === undefined) throw new Error(name);
  const startMs = performance.now();
  const results = cases.map(run);
  const elapsedMs = performance.now() - startMs;
  const share = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`;
  const exact = cases.filter(({ right }, at) => right.includes(results[at] ?? '\0'));
  const resolved = results.filter((text) => text !== undefined).length;
  const corrupt = cases.filter(
    (given, at) => results[at] !== undefined && isCorrupt(given, results[at]),
  ).length;
  const kept = cases.filter((each) => each.kept).length;
  const cells = [
    name,
    share(resolved, cases.length),
    share(exact.length, cases.length),
    share(exact.filter((each) => each.kept).length, kept),
    `${String(corrupt)} of ${String(resolved)}`,
    `${(elapsedMs / cases.length).toFixed(1)} ms`,
  ];
  return cells.map((cell) => cell.padEnd(18)).join('');
}

const at = process.argv.indexOf('--tools');
const given = at < 0 ? undefined : path.join(process.argv[at + 1] ?? '', 'cases-dev.jsonl.gz');
if (given !== undefined && !existsSync(given)) throw new Error(`There are no cases in ${given}.`);
const cases = given === undefined ? generateCases(CASES, chance(1)) : readCases(given);
console.log(
  `${String(cases.length)} cases, ${String(cases.filter(({ kept }) => kept).length)} in which both sides are kept`,
);
console.log(
  ['', 'resolved', 'exact', 'exact of kept', 'corrupt', 'time a case']
    .map((cell) => cell.padEnd(18))
    .join(''),
);
for (const name of Object.keys(MERGES)) console.log(report(name, cases));
console.log(canvasReport(CANVASES));
rmSync(folder, { recursive: true, force: true });
