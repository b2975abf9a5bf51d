import { foldPath } from '../../../src/core/model/vault-path.ts';
import type { CloudView } from '../cloud-view.ts';
import type { Violation } from '../violation.ts';

/** I16: no two live entries of a head would be one file on a system that ignores case. */
export function noTwoNames(view: CloudView): Violation[] {
  const seen = new Map<string, string>();
  const found: Violation[] = [];
  for (const entry of view.tree.values()) {
    if (entry.deleted === true) continue;
    const fold = foldPath(entry.path);
    const other = seen.get(fold);
    if (other !== undefined)
      found.push({ invariant: 'I16', message: `${entry.path} and ${other} are both live` });
    seen.set(fold, entry.path);
  }
  return found;
}

/** I16 at the end: no live file has the name of a folder that holds something. */
export function noFileOverFolder(view: CloudView): Violation[] {
  const live = [...view.tree.values()].filter((entry) => entry.deleted !== true);
  const files = new Set(live.map((entry) => foldPath(entry.path)));
  return live.flatMap((entry): Violation[] => {
    const parts = foldPath(entry.path).split('/');
    const above = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const clash = above.find((folder) => folder !== '' && files.has(folder));
    return clash === undefined
      ? []
      : [{ invariant: 'I16', message: `${entry.path} lies below ${clash}, which is a file` }];
  });
}
