import type { HeldItem } from '../../engine/api.ts';
import { countText } from '../../core/text/words.ts';

type Group = `${HeldItem['kind']}:${HeldItem['direction']}`;

const HEADINGS: Readonly<Record<Group, (count: number) => string>> = {
  'delete:in-cloud': (count) =>
    `${countText(count, 'file')} gone from this device, to be deleted in the cloud`,
  'delete:here': (count) => `${countText(count, 'file')} deleted elsewhere, to be moved to the trash here`,
  'truncate:in-cloud': (count) => `${countText(count, 'file')} emptied on this device`,
  'truncate:here': (count) => `${countText(count, 'file')} emptied elsewhere`,
  'change:in-cloud': (count) => `${countText(count, 'file')} changed on this device`,
  'change:here': (count) => `${countText(count, 'file')} changed elsewhere`,
};

export const HELD_TEXTS = {
  title: 'Held changes',
  explain:
    'So many changes at once may be an accident, so they wait for you. Nothing is lost meanwhile, and everything else is synced.',
  loading: 'Looking what is held…',
  none: 'Nothing is held back.',
  heading: (item: Pick<HeldItem, 'kind' | 'direction'>, count: number): string =>
    HEADINGS[`${item.kind}:${item.direction}`](count),
  apply: 'Apply them this time',
  applyHelp: 'I meant it: delete and change these files on the other side too.',
  restore: 'Undo them',
  restoreHelp: 'It was an accident: bring the files back as they were.',
  keep: 'Keep holding',
  keepHelp: 'I want to look first: change nothing yet.',
  answers: 'What shall happen to them?',
  working: 'Working…',
} as const;
