import { Notice } from 'obsidian';
import { parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import { hasCloud } from '../settings/cloud.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { copySetupLink } from './setup-link.ts';

const { commands: NAMES, status } = TEXTS;

export function registerCommands(ui: Ui): void {
  const { plugin, service, open } = ui;
  const add = (id: string, name: string, callback: () => void): void => {
    plugin.addCommand({ id, name, callback });
  };
  add('sync-now', NAMES.syncNow, () => ui.syncByHand());
  add('preview', NAMES.preview, () => open.preview());
  add('pause-or-resume', NAMES.pauseOrResume, () => {
    const paused = !service.device.paused;
    service.setPaused(paused);
    new Notice(paused ? status.notice.paused : status.notice.resumed);
  });
  add('show-log', NAMES.showLog, () => open.log());
  add('resolve-conflicts', NAMES.resolve, () => open.conflicts());
  add('show-held', NAMES.showHeld, () => open.held());
  add('verify', NAMES.verify, () => open.verify());
  add('copy-setup-link', NAMES.copySetupLink, () => ui.run(NAMES.copySetupLink, () => copySetupLink(ui)));
  registerChecked(ui);
}

/** Commands that are offered only where they can do something. */
function registerChecked({ app, plugin, service, open }: Ui): void {
  plugin.addCommand({
    id: 'stop',
    name: NAMES.stop,
    checkCallback: (isChecking) => {
      if (service.state.kind !== 'syncing') return false;
      if (!isChecking) {
        service.stop();
        new Notice(status.notice.stopping);
      }
      return true;
    },
  });
  plugin.addCommand({
    id: 'restore-version',
    name: NAMES.restoreVersion,
    checkCallback: (isChecking) => {
      const path = openNote(app.workspace.getActiveFile()?.path);
      if (path === undefined || service.state.kind === 'unset') return false;
      if (!isChecking) open.history(path);
      return true;
    },
  });
  plugin.addCommand({
    id: 'encryption',
    name: TEXTS.encryption.command,
    checkCallback: (isChecking) => {
      if (!hasCloud(service.settings)) return false;
      if (!isChecking) open.encryption();
      return true;
    },
  });
  plugin.addCommand({
    id: 'switch-to-backup',
    name: NAMES.switchToBackup,
    checkCallback: (isChecking) => {
      if (service.settings.backups.length === 0) return false;
      if (!isChecking) open.switchCloud();
      return true;
    },
  });
  plugin.addCommand({
    id: 'forget-cloud',
    name: NAMES.forgetCloud,
    checkCallback: (isChecking) => {
      if (!hasCloud(service.settings)) return false;
      if (!isChecking) open.forget();
      return true;
    },
  });
}

function openNote(path: string | undefined): VaultPath | undefined {
  return path === undefined ? undefined : parseVaultPath(path);
}
