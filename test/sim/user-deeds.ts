/** Names that devices are likely to choose both. */
export const COMMON = [
  'a.md',
  'b.md',
  'Plan.md',
  'daily/2026-03-01.md',
  'daily/2026-03-02.md',
  'work/x.md',
  'work/deep/y.md',
  'é.md',
  'log',
] as const;

export type Deed =
  | 'append'
  | 'insert'
  | 'replace-line'
  | 'remove-line'
  | 'create'
  | 'create-common'
  | 'create-empty'
  | 'create-picture'
  | 'overwrite'
  | 'truncate'
  | 'revert'
  | 'duplicate'
  | 'touch'
  | 'delete'
  | 'delete-folder'
  | 'rename'
  | 'rename-case'
  | 'rename-folder'
  | 'swap'
  | 'make-folder'
  | 'remove-folder'
  | 'file-over-folder'
  | 'odd-name'
  | 'hidden'
  | 'create-large'
  | 'delete-many'
  | 'delete-some'
  | 'retype'
  | 'undelete'
  | 'create-many'
  | 'canvas';

export const USUAL: Readonly<Record<Deed, number>> = {
  append: 24,
  insert: 8,
  'replace-line': 10,
  'remove-line': 4,
  create: 9,
  'create-common': 7,
  'create-empty': 3,
  'create-picture': 3,
  overwrite: 2,
  truncate: 1,
  revert: 2,
  duplicate: 2,
  touch: 1,
  delete: 8,
  'delete-folder': 1.5,
  rename: 7,
  'rename-case': 2,
  'rename-folder': 2.5,
  swap: 2.5,
  'make-folder': 3,
  'remove-folder': 2,
  'file-over-folder': 0.5,
  'odd-name': 0.5,
  hidden: 0.5,
  'create-large': 0,
  'delete-many': 0,
  'create-many': 0,
  'delete-some': 0,
  retype: 0,
  undelete: 0,
  canvas: 0,
};
