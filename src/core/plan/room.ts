import { isFolder, type VaultPath } from '../model/vault-path.ts';
import type { Draft } from './draft.ts';
import type { Survey } from './survey.ts';

/** A new name for what has another. */
export interface NewName {
  readonly from: VaultPath;
  readonly to: VaultPath;
}

/** Whether the device can take the name, whatever else the plan does and in any order. */
export function fitsHere({ from, to }: NewName, survey: Survey, draft: Draft): boolean {
  if (draft.isMoving(to) || draft.arrivesHere(to) || survey.cell(to).local !== undefined) return false;
  if (survey.isUnknown(to) || !survey.inScope(to) || survey.nameProblem(to) !== undefined) return false;
  const twins = survey.localTwins(to);
  // Where the file has other twins beside it already, the disk tells case apart.
  if (twins.length > 0 && !twins.includes(from)) return false;
  if (survey.filesAbove(survey.here, to).length > 0) return false;
  return isFolder(to) || !(survey.isFolderName(survey.here, to) || survey.isFolderName(survey.cloud, to));
}

/** Whether the cloud can take the name in place of the other, whatever else the plan does and in any order. */
export function fitsInCloud({ from, to }: NewName, survey: Survey, draft: Draft): boolean {
  if (draft.isMoving(to) || draft.arrivesInCloud(to) || survey.cell(to).live !== undefined) return false;
  if (survey.cloudTwins(to).some((twin) => twin !== from)) return false;
  if (survey.filesAbove(survey.cloud, to).length > 0) return false;
  return !survey.isFolderName(survey.cloud, to) && !survey.isFolderName(survey.here, to);
}
