import { Component, Notice, type Modal, type Plugin } from 'obsidian';
import type { Suggesting } from './ai/suggesting.ts';
import { registerCommands } from './commands/register.ts';
import { messageOf } from './modals/parts.ts';
import { SyncNotices } from './notices.ts';
import { screensOf } from './screens.ts';
import type { SyncService } from './service.ts';
import { registerSettingsTab } from './settings/tab.ts';
import { registerSetupLink } from './commands/setup-link.ts';
import { registerStatus } from './status-bar.ts';
import { TEXTS } from './texts.ts';
import type { Ui } from './ui-context.ts';
import { LOG_VIEW, LogView } from './views/log-view.ts';

/** All that a person sees of the sync. Registers only: nothing is read, drawn or asked but the status. */
export function registerUi(plugin: Plugin, service: SyncService, suggesting: Suggesting): void {
  const notices = new SyncNotices(() => ui);
  const ui: Ui = {
    app: plugin.app,
    plugin,
    service,
    suggesting,
    open: screensOf(() => ui),
    show: (modal) => {
      notices.answered();
      showWhileLoaded(plugin, modal);
    },
    run: (what, act) => void runReported(what, act),
    syncByHand: (options) => ui.run(TEXTS.commands.syncNow, () => notices.syncByHand(options)),
  };
  plugin.registerView(LOG_VIEW, (leaf) => new LogView(leaf, ui));
  registerCommands(ui);
  registerSettingsTab(ui);
  registerSetupLink(ui);
  registerStatus(ui);
  notices.watch(plugin);
}

function showWhileLoaded(plugin: Plugin, modal: Modal): void {
  const tie = plugin.addChild(new Component());
  tie.register(() => modal.close());
  modal.setCloseCallback(() => plugin.removeChild(tie));
  modal.open();
  modal.modalEl.setAttr('aria-label', modal.titleEl.getText());
}

async function runReported(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    new Notice(TEXTS.unexpected(what, messageOf(error)));
  }
}
