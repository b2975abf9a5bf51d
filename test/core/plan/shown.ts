import { EMPTY_HASH, shortHash } from '../../../src/core/model/ids.ts';
import type { Action, Plan } from '../../../src/core/plan/plan.ts';
import { planOf, type World } from './model.ts';

/** The plan in short words: contents as letters, reasons left out. */
export function shownPlan(of: World): readonly string[] {
  return shown(planOf(of));
}

export function shown({ actions, notices }: Plan): readonly string[] {
  return [...actions.map(shownAction), ...notices.map(({ path }) => `notice ${path}`)];
}

export function letter(hash: string): string {
  return hash === EMPTY_HASH || hash === shortHash(EMPTY_HASH) ? '-' : hash.slice(0, 1);
}

function over(base: string | undefined): string {
  return base === undefined ? '' : `, base ${letter(base)}`;
}

export function shownAction(action: Action): string {
  switch (action.kind) {
    case 'adopt-base':
      return `adopt-base ${action.path} ${letter(action.hash)}`;
    case 'drop-base':
      return `drop-base ${action.path}`;
    case 'upload':
      return `upload ${action.path} ${letter(action.hash)}, prev [${action.prev.map(letter).join('')}]`;
    case 'tombstone':
      return `tombstone ${action.path} ${letter(action.last.hash)}`;
    case 'move-remote': {
      const { from, to, content } = action;
      return `move-remote ${from} → ${to}, ${content.side === 'local' ? `local ${letter(content.hash)}` : 'remote'}`;
    }
    case 'download': {
      const expected = action.expected === 'absent' ? 'absent' : letter(action.expected);
      return `download ${action.path} ${letter(action.entry.hash)} over ${expected}`;
    }
    case 'trash':
      return `trash ${action.path} ${letter(action.expected)}`;
    case 'move-local':
      return `move-local ${action.from} → ${action.to}, ${letter(action.expected)}, ${action.why}${over(action.base)}`;
    case 'resolve':
      return `resolve ${action.path} ${letter(action.local)} ${letter(action.remote.hash)}${over(action.base)}`;
    case 'skip':
      return `skip ${action.path} ${letter(action.row.hash)}, ${action.row.reason}`;
  }
}
