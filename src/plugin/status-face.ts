import type { BackupStatus } from '../engine/api.ts';
import type { SyncState } from './service.ts';
import { TEXTS } from './texts.ts';

/** How a state looks: in the status bar, on a phone's ribbon, above the log. */
export interface Face {
  readonly icon: string;
  /** A few words. */
  readonly text: string;
  /** A sentence. */
  readonly detail: string;
  readonly tone: 'quiet' | 'busy' | 'warning';
  /** A number on the icon, where there is no room for words. */
  readonly badge?: number;
}

export function faceOf(state: SyncState): Face {
  const { status } = TEXTS;
  switch (state.kind) {
    case 'unset':
      return { icon: 'cloud-off', text: status.unset, detail: state.message, tone: 'quiet' };
    case 'synced': {
      const { atMs, backups = [] } = state;
      const detail = atMs === undefined ? status.tooltip.never : status.tooltip.synced(atMs);
      if (backups.length > 0) return savedFace(detail, backups);
      return { icon: 'cloud', text: status.synced, detail, tone: 'quiet' };
    }
    case 'waiting':
      return { icon: 'clock', text: status.waiting, detail: status.tooltip.waiting, tone: 'quiet' };
    case 'syncing':
      return syncingFace(state);
    case 'paused':
      return { icon: 'pause', text: status.paused, detail: status.tooltip.paused, tone: 'quiet' };
    case 'offline':
      return {
        icon: 'wifi-off',
        text: state.readFrom === undefined ? status.offline : status.readFrom,
        detail: state.message,
        tone: 'warning',
      };
    case 'attention':
      return attentionFace(state);
  }
}

/** One backup is enough to be protected; what is wrong with another is told all the same. */
function savedFace(synced: string, backups: readonly BackupStatus[]): Face {
  const { status, backups: texts } = TEXTS;
  const good = backups.filter(({ state }) => state === 'protected').map(({ name }) => name);
  const bad = backups.filter(({ state }) => state !== 'protected').map(texts.unprotected);
  const detail = [synced, ...(good.length === 0 ? [] : [texts.protected(good)]), ...bad].join(' ');
  if (good.length === 0) return { icon: 'shield', text: status.saved, detail, tone: 'warning' };
  const tone = bad.length === 0 ? 'quiet' : 'warning';
  return { icon: 'shield-check', text: status.protected, detail, tone };
}

function attentionFace({ message, conflicts }: Extract<SyncState, { readonly kind: 'attention' }>): Face {
  const { status } = TEXTS;
  const face = { detail: message, tone: 'warning' } as const;
  if (conflicts === undefined) return { ...face, icon: 'alert-triangle', text: status.attention };
  return { ...face, icon: 'git-merge', text: status.conflicts(conflicts), badge: conflicts };
}

function syncingFace({ progress, isSaved }: Extract<SyncState, { readonly kind: 'syncing' }>): Face {
  const { status } = TEXTS;
  const face = { icon: 'refresh-cw', tone: 'busy' } as const;
  if (isSaved === true) return { ...face, text: status.protecting, detail: `${status.protecting}.` };
  if (progress === undefined) return { ...face, text: status.syncing, detail: status.tooltip.syncing };
  const { doneFiles, totalFiles } = progress;
  const text = totalFiles === 0 ? status.syncing : status.syncingCount(doneFiles, totalFiles);
  return { ...face, text, detail: `${status.progress(progress)}.` };
}
