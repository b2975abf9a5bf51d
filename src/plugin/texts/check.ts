import type { Check, Finding } from '../../storage/check-connection.ts';

const NAMES: Readonly<Record<Check, string>> = {
  reach: 'Reach the cloud',
  key: 'Sign in',
  list: 'List',
  write: 'Write',
  read: 'Read',
  delete: 'Delete',
  conditions: 'Two devices at once',
  clock: 'Clock',
  versioning: 'Old versions',
};

const STATES: Readonly<Record<Finding['state'], string>> = {
  ok: 'Good',
  warning: 'Warning',
  failed: 'Failed',
  skipped: 'Not checked',
};

export const CHECK_TEXTS = {
  title: 'Check connection',
  name: (check: Check): string => NAMES[check],
  state: (state: Finding['state']): string => STATES[state],
  running: 'Checking the connection…',
  good: 'The connection works.',
  usable: 'The connection works, with the warnings below.',
  bad: 'The connection does not work yet. The first failure below says what to do.',
  again: 'Check again',
  sync: 'Sync now',
  preview: 'Preview sync',
} as const;
