import type { SyncService } from '../service.ts';
import { folderLines, tagLines } from './checks.ts';
import type { AiSettings } from './model.ts';

/** Keys of the controls of the page. */
export type AiControlKey =
  'aiUrl' | 'aiModel' | 'aiPatience' | 'aiPrivateFolders' | 'aiPrivateTags' | 'aiQuickFolders';

interface Control {
  get(): unknown;
  set(value: unknown): void | Promise<void>;
}

/** Where the values of the page's controls are kept. */
export function aiControls(service: SyncService): Readonly<Record<AiControlKey, Control>> {
  const change = (ai: Partial<AiSettings>): Promise<void> =>
    service.changeSettings({ ai: { ...service.settings.ai, ...ai } });
  const text = (key: 'url' | 'model'): Control => ({
    get: () => service.settings.ai[key],
    set: async (value) => {
      if (typeof value === 'string') await change({ [key]: value.trim() });
    },
  });
  const lines = (
    key: 'privateFolders' | 'privateTags' | 'quickFolders',
    read: (typed: string) => readonly string[],
  ): Control => ({
    get: () => service.settings.ai[key].join('\n'),
    set: async (value) => {
      if (typeof value === 'string') await change({ [key]: read(value) });
    },
  });
  return {
    aiUrl: text('url'),
    aiModel: text('model'),
    aiPatience: {
      get: () => service.settings.ai.patienceSeconds,
      set: async (value) => {
        if (typeof value === 'number') await change({ patienceSeconds: value });
      },
    },
    aiPrivateFolders: lines('privateFolders', folderLines),
    aiPrivateTags: lines('privateTags', tagLines),
    aiQuickFolders: lines('quickFolders', folderLines),
  };
}
