import { expect, it } from 'vitest';
import { Console } from '../../../src/cli/output/console.mts';
import { showPlan } from '../../../src/cli/output/plan-tree.mts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import type { Action } from '../../../src/core/plan/plan.ts';

const hash = 'a'.repeat(64) as ContentHash;
const at = (path: string): VaultPath => path as VaultPath;
const send = (path: string): Action => ({
  kind: 'upload',
  path: at(path),
  hash,
  prev: [],
  reason: 'new on this device',
});

function shown(actions: readonly Action[], unicode = true): string {
  const written: string[] = [];
  const sink = { write: (text: string): number => written.push(text), isTTY: false };
  const streams = { out: sink, err: { ...sink, columns: 80 }, now: () => 0 };
  showPlan(new Console(streams, { json: false, quiet: false, color: false, unicode }), actions);
  return written.join('');
}

it('a plan is a tree of folders with signs, reasons and counts; what steers a terminal is made visible', () => {
  const actions: readonly Action[] = [
    send('Day 10.md'),
    send('Day 2.md'),
    {
      kind: 'move-local',
      from: at('a\u001b.md'),
      to: at('Old/b.md'),
      expected: hash,
      reason: 'renamed on Phone',
    },
  ] as readonly Action[];
  expect(shown(actions)).toBe(
    [
      'Old/',
      '  → b.md  rename here, from a\\u001b.md (renamed on Phone)',
      '↑ Day 2.md  send (new on this device)',
      '↑ Day 10.md  send (new on this device)',
      '3 changes (send: 2; rename here: 1)',
      '',
    ].join('\n'),
  );
  expect(shown([send('A.md')], false)).toContain('^ A.md');
});

it('a folder with very many changes is cut short', () => {
  const lines = shown(Array.from({ length: 42 }, (_, day) => send(`Daily/${String(day)}.md`))).split('\n');
  expect(lines.at(-3)).toBe('  … and 2 more in this folder');
  expect(lines).toHaveLength(44);
});
