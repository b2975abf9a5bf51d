import { Menu } from 'obsidian';
import { TEXTS } from './texts.ts';
import type { Ui } from './ui-context.ts';

/** What may be done about the sync, below the status bar's item or the ribbon's icon. */
export function statusMenu(ui: Ui): Menu {
  const { service, open } = ui;
  const { menu: texts } = TEXTS.status;
  const { state } = service;
  const menu = new Menu();
  const add = (title: string, icon: string, act: () => void): void => {
    menu.addItem((item) => item.setTitle(title).setIcon(icon).onClick(act));
  };
  if (state.kind !== 'unset') {
    if (state.kind === 'syncing') add(texts.stop, 'square', () => service.stop());
    else add(texts.syncNow, 'refresh-cw', () => ui.syncByHand());
    if (service.device.paused) add(texts.resume, 'play', () => service.setPaused(false));
    else add(texts.pause, 'pause', () => service.setPaused(true));
    menu.addSeparator();
    add(texts.preview, 'eye', () => open.preview());
    add(texts.held, 'hand', () => open.held());
    if (service.settings.backups.length > 0) add(texts.switch, 'shield-check', () => open.switchCloud());
    if (service.conflictDesk.open.length > 0) add(texts.resolve, 'git-merge', () => open.conflicts());
  }
  add(texts.log, 'scroll-text', () => open.log());
  add(texts.settings, 'settings', () => open.settings());
  return menu;
}
