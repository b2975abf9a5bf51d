import type { VaultPath } from '../core/model/vault-path.ts';
import type { Notice, SkipReason } from '../core/plan/plan.ts';
import type { Problem } from './api.ts';
import type { Damage, SkipRow } from './damage.ts';

const KIND_BY_REASON: Readonly<Record<SkipReason, Problem['kind']>> = {
  'illegal-here': 'name-refused-here',
  'deleted-elsewhere': 'deleted-elsewhere',
  damaged: 'damaged-in-cloud',
};

/** What the plan leaves to a person, in words. */
export function noticeProblems(
  notices: readonly Notice[],
  skipped: ReadonlyMap<VaultPath, SkipRow>,
): Problem[] {
  return notices.map(({ path, reason }) => {
    const row = skipped.get(path);
    if (row?.damage !== undefined) return damageProblem(path, row.damage);
    const kind = row === undefined ? 'name-refused-here' : KIND_BY_REASON[row.reason];
    return { path, kind, message: `${path}: ${reason}` };
  });
}

export function damageProblem(path: VaultPath, { detail }: Damage): Problem {
  return {
    path,
    kind: 'damaged-in-cloud',
    message: `${path}: its contents in the cloud are damaged (${detail}). A device that still has them repairs them when it runs \`verify\`; or restore an older version. To keep working, save yours under another name.`,
  };
}
