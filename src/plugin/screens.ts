import type { App, Plugin } from 'obsidian';
import { CheckModal } from './modals/check-modal.ts';
import { ConflictListModal } from './modals/conflict-list-modal.ts';
import { ConflictModal } from './conflict/conflict-modal.ts';
import { CopyLinkModal } from './modals/copy-link-modal.ts';
import { EncryptionModal } from './modals/encryption-modal.ts';
import { forgetModal } from './modals/forget-modal.ts';
import { HeldModal } from './modals/held-modal.ts';
import { HistoryModal } from './modals/history-modal.ts';
import { PreviewModal } from './modals/preview-modal.ts';
import { SetupLinkModal } from './modals/setup-link-modal.ts';
import { SwitchModal } from './modals/switch-modal.ts';
import { VerifyModal } from './modals/verify-modal.ts';
import { TEXTS } from './texts.ts';
import type { Screens, Ui } from './ui-context.ts';
import { LOG_VIEW } from './views/log-view.ts';

/** How each screen is opened. */
export function screensOf(ui: () => Ui): Screens {
  return {
    preview: () => ui().show(new PreviewModal(ui())),
    conflicts: () => ui().show(new ConflictListModal(ui())),
    conflict: (copy) => ui().show(new ConflictModal(ui(), copy)),
    held: () => ui().show(new HeldModal(ui())),
    verify: () => ui().show(new VerifyModal(ui())),
    history: (path) => ui().show(new HistoryModal(ui(), path)),
    check: (backup) => ui().show(new CheckModal(ui(), backup)),
    switchCloud: (only) => ui().show(new SwitchModal(ui(), only)),
    encryption: () => ui().show(new EncryptionModal(ui())),
    forget: () => ui().show(forgetModal(ui())),
    setupLink: (items) => ui().show(new SetupLinkModal(ui(), items)),
    copyLink: (link) => ui().show(new CopyLinkModal(ui(), link)),
    log: () => ui().run(TEXTS.log.title, () => openLog(ui().app)),
    settings: () => openSettings(ui().plugin),
  };
}

/** The log that is open already, else a new one in the right sidebar. */
async function openLog({ workspace }: App): Promise<void> {
  const [open] = workspace.getLeavesOfType(LOG_VIEW);
  const leaf = open ?? workspace.getRightLeaf(false);
  if (leaf === null) return;
  if (open === undefined) await leaf.setViewState({ type: LOG_VIEW, active: true });
  await workspace.revealLeaf(leaf);
}

/** The settings window has no public interface; without it there is the way by hand. */
interface SettingsWindow {
  open(): void;
  openTabById(id: string): unknown;
}

function openSettings({ app, manifest }: Plugin): void {
  const { setting } = app as App & { readonly setting?: SettingsWindow };
  setting?.open();
  setting?.openTabById(manifest.id);
}
