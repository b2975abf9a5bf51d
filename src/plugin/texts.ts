import { AI_TEXTS } from './texts/ai.ts';
import { BACKUP_TEXTS } from './texts/backups.ts';
import { CHECK_TEXTS } from './texts/check.ts';
import { CONFLICT_TEXTS } from './texts/conflict.ts';
import { COMMAND_TEXTS } from './texts/commands.ts';
import { ENCRYPTION_TEXTS } from './texts/encryption.ts';
import { HELD_TEXTS } from './texts/held.ts';
import { HISTORY_TEXTS } from './texts/history.ts';
import { LOG_TEXTS } from './texts/log.ts';
import { PLAN_TEXTS } from './texts/plan.ts';
import { SETTINGS_TEXTS } from './texts/settings.ts';
import { SETUP_LINK_TEXTS } from './texts/setup-link.ts';
import { STATUS_TEXTS } from './texts/status.ts';
import { SYNC_TEXTS } from './texts/sync.ts';
import { VERIFY_TEXTS } from './texts/verify.ts';

/** Every text that the plugin shows, a section a topic. A failure names what it is about and the remedy. */
export const TEXTS = {
  ai: AI_TEXTS,
  backups: BACKUP_TEXTS,
  check: CHECK_TEXTS,
  commands: COMMAND_TEXTS,
  conflict: CONFLICT_TEXTS,
  encryption: ENCRYPTION_TEXTS,
  held: HELD_TEXTS,
  history: HISTORY_TEXTS,
  log: LOG_TEXTS,
  plan: PLAN_TEXTS,
  settings: SETTINGS_TEXTS,
  setupLink: SETUP_LINK_TEXTS,
  status: STATUS_TEXTS,
  sync: SYNC_TEXTS,
  verify: VERIFY_TEXTS,
  close: 'Close',
  cancel: 'Cancel',
  again: 'Try again',
  unexpected: (what: string, detail: string): string =>
    `${what} did not work: ${detail} Try again; if it stays so, look into the sync log.`,
} as const;
