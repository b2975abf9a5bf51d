import type { ChangeKind } from '../../core/text/plan-tree.ts';
import { countText, numberText } from '../../core/text/words.ts';

const KINDS: Readonly<Record<ChangeKind, string>> = {
  send: 'Send',
  receive: 'Receive',
  'delete-in-cloud': 'Delete in the cloud',
  'delete-here': 'Move to the trash here',
  'rename-in-cloud': 'Rename in the cloud',
  'rename-here': 'Rename here',
  merge: 'Merge, or keep both',
  skip: 'Leave alone',
};

export const PLAN_TEXTS = {
  title: 'Preview sync',
  explain: 'This is what a sync would do now. Nothing has been changed.',
  loading: 'Looking at the vault and the cloud…',
  nothing: 'Vault and cloud agree: nothing would be sent or received.',
  kind: (kind: ChangeKind): string => KINDS[kind],
  counts: 'What would be done',
  tree: 'Files',
  filter: 'Show',
  everything: (count: number): string => `Everything (${numberText(count)})`,
  kindCount: (kind: ChangeKind, count: number): string => `${KINDS[kind]} (${numberText(count)})`,
  from: (path: string): string => `from ${path}`,
  folderCount: (count: number): string => countText(count, 'change'),
  more: (count: number): string => `and ${numberText(count)} more in this folder`,
  adopts: (count: number): string =>
    `The bucket holds ${countText(count, 'plain file')} that no sync has seen yet. They become the start of this vault’s history; nothing in the bucket is deleted.`,
  firstTitle: 'First sync',
  first:
    'Both this vault and the cloud have files. Nothing is deleted: files that only one side has are copied to the other, and where a file differs both versions are kept or merged.',
  accept: 'Accept and sync',
  sync: 'Sync now',
  held: (count: number): string => `${countText(count, 'change')} would be held back until you decide.`,
  problems: (count: number): string => `${countText(count, 'file')} would be left alone`,
  notices: 'Worth a look',
} as const;
