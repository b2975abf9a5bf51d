import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { merge } from '../../../src/core/merge/merge.ts';
import { seededRandom, uniqueWordCase } from './unique-words.ts';
import type { Case, Random } from './unique-words.ts';

const CASES = 200;
const folder = mkdtempSync(path.join(tmpdir(), 'merge-git-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What `git merge-file` makes of it; `undefined` for a conflict. */
function gitMerge({ base, local, remote }: Case): string | undefined {
  const files = { local, base, remote };
  const names = Object.entries(files).map(([name, text]) => {
    writeFileSync(path.join(folder, name), text);
    return name;
  });
  const run = spawnSync('git', ['merge-file', '-p', '-q', ...names], { cwd: folder, encoding: 'utf8' });
  if (run.error !== undefined) throw run.error;
  // The exit status is the number of conflicts; above 127 it is a failure.
  if (run.status === null || run.status > 127) throw new Error(run.stderr);
  return run.status === 0 ? run.stdout : undefined;
}

function ourMerge({ base, local, remote }: Case): string | undefined {
  const result = merge(base, local, remote);
  return result.kind === 'clean' ? result.text : undefined;
}

/** A habit tracker: the same few lines again and again, below headings that are dated or all the same. */
function repeatedLineCase(random: Random): Case {
  const below = (limit: number): number => Math.floor(random() * limit);
  const isDated = random() < 0.5;
  const base = Array.from({ length: 4 + below(8) }, (_, day) => [
    isDated ? `## Day ${String(day)}` : '## Day',
    '',
    '- [ ] water',
    '- [ ] read',
    '',
  ]).flat();
  const edited = (owner: string): string[] => {
    const lines = [...base];
    for (let edits = 1 + below(3); edits > 0; edits--) {
      const at = below(lines.length);
      const choice = random();
      if (choice < 0.4) lines[at] = (lines[at] ?? '').replace('[ ]', '[x]');
      else if (choice < 0.7) lines.splice(at, 0, random() < 0.3 ? '' : `- ${owner} ${String(below(9))}`);
      else if (choice < 0.9) lines.splice(at, 1 + below(5));
      else lines.push('', `text of ${owner}`);
    }
    return lines;
  };
  const render = (lines: readonly string[]): string => lines.map((each) => `${each}\n`).join('');
  return { base: render(base), local: render(edited('here')), remote: render(edited('there')) };
}

describe('merge beside git merge-file', () => {
  it('[ME9] gives what git gives wherever git is clean and lines are unique, and more', () => {
    const random = seededRandom(7);
    let onlyOurs = 0;
    for (let n = 0; n < CASES; n++) {
      const given = uniqueWordCase(random);
      const [ours, git] = [ourMerge(given), gitMerge(given)];
      if (git === undefined) onlyOurs += ours === undefined ? 0 : 1;
      else expect(ours, JSON.stringify(given)).toBe(git);
    }
    expect(onlyOurs).toBeGreaterThan(CASES / 4);
  }, 60_000);

  it('[ME9] agrees with git on repeated lines wherever both are clean', () => {
    const random = seededRandom(11);
    const seen = { same: 0, different: 0, onlyOurs: 0, onlyGit: 0, neither: 0 };
    for (let n = 0; n < CASES; n++) {
      const given = repeatedLineCase(random);
      const ours = ourMerge(given);
      const git = gitMerge(given);
      if (ours === undefined) seen[git === undefined ? 'neither' : 'onlyGit']++;
      else if (git === undefined) seen.onlyOurs++;
      else seen[ours === git ? 'same' : 'different']++;
    }
    expect(seen.different / (seen.same + seen.different)).toBeLessThanOrEqual(0.005);
    expect(seen.onlyGit / CASES).toBeLessThanOrEqual(0.01);
    expect(seen.same).toBeGreaterThan(CASES / 2);
  }, 60_000);
});
