import type { Setting, SettingDefinition, SettingDefinitionPage } from 'obsidian';
import { MAIN } from '../../core/model/backup-place.ts';
import { BackupModal } from '../modals/backup-modal.ts';
import { removeBackupModal } from '../modals/remove-backup-modal.ts';
import type { BackupView } from '../service.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { hasCloud } from './cloud.ts';
import type { ControlKey } from './controls.ts';

const { backups: TEXT } = TEXTS;

type Row = SettingDefinition<ControlKey>;

/** The clouds of the vault with what each holds, and what may be done with a backup. */
export function backupsPage(ui: Ui, update: () => void): SettingDefinitionPage<ControlKey> {
  const { service } = ui;
  const names = service.settings.backups.map(({ name }) => name);
  return {
    type: 'page',
    name: TEXT.page.name,
    desc: TEXT.page.desc,
    visible: () => hasCloud(service.settings),
    displayValue: () => service.settings.backups.map(({ name }) => name).join(', ') || TEXT.page.none,
    items: [
      {
        type: 'group',
        heading: TEXT.page.heading,
        visible: () => names.length > 0,
        items: [MAIN, ...names].map((name) => backupRow(ui, name, update)),
      },
      { type: 'group', items: [addRow(ui, update)] },
    ],
  };
}

function addRow(ui: Ui, update: () => void): Row {
  const { name, desc } = TEXT.add;
  return {
    name,
    desc,
    render: (setting) => {
      setting.addButton((button) => {
        button.setButtonText(name).onClick(() => ui.show(new BackupModal(ui, update)));
      });
    },
  };
}

function backupRow(ui: Ui, name: string, update: () => void): Row {
  return {
    name,
    searchable: false,
    render: (setting) => {
      setting.descEl.setAttr('role', 'status');
      let shown = '';
      const show = (): void => {
        const view = ui.service.backups.all.find((one) => one.name === name);
        if (view === undefined || JSON.stringify(view) === shown) return;
        shown = JSON.stringify(view);
        showBackup(setting, view, { ui, update });
      };
      show();
      return ui.service.onState(show);
    },
  };
}

function showBackup(
  setting: Setting,
  view: BackupView,
  { ui, update }: { readonly ui: Ui; readonly update: () => void },
): void {
  const { name, isCurrent } = view;
  setting.setDesc(TEXT.view(view));
  const hadFocus = setting.controlEl.contains(setting.controlEl.doc.activeElement);
  setting.controlEl.empty();
  const add = (text: string, act: () => void): void => {
    setting.addButton((button) => {
      button.setButtonText(text).onClick(act);
      button.buttonEl.setAttr('aria-label', `${text}: ${name}`);
      if (hadFocus && setting.controlEl.childElementCount === 1) button.buttonEl.focus();
    });
  };
  if (!isCurrent) add(TEXT.switch.button, () => ui.open.switchCloud(name));
  if (name === MAIN) return;
  add(TEXT.check, () => ui.open.check(name));
  if (!isCurrent) add(TEXT.remove.button, () => ui.show(removeBackupModal(ui, name, update)));
}
