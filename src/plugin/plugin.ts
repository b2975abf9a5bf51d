import { Notice, Plugin } from 'obsidian';
import { SettingsFile } from './adapters/settings-file.ts';
import { compose } from './compose.ts';
import { whenIdle } from './platform/idle.ts';
import type { SyncService } from './service.ts';
import { listenToApp } from './sync/app-events.ts';
import { TEXTS } from './texts.ts';
import { registerUi } from './ui.ts';

/** The app has files to show first. */
const IDLE_AT_LATEST_MS = 2000;
const BROKEN_FILE_NOTICE_MS = 15_000;

/** Registers with the app, and no more: what syncs is put together in `compose`, and begins when the app has come to rest. */
export class TwincloudPlugin extends Plugin {
  /** From `onload` on; for other plugins and for tests. */
  service: SyncService | undefined;

  override async onload(): Promise<void> {
    const settingsFile = new SettingsFile({
      load: () => this.loadData() as Promise<unknown>,
      save: (data) => this.saveData(data),
      keepAside: () => this.#keepSettingsAside(),
    });
    const aside = await settingsFile.load();
    if (aside !== undefined) new Notice(TEXTS.sync.settingsBroken(aside), BROKEN_FILE_NOTICE_MS);
    const { service, suggesting, own, typing } = compose(this, settingsFile);
    this.service = service;
    this.register(() => void service.close());
    registerUi(this, service, suggesting);
    this.app.workspace.onLayoutReady(() => {
      listenToApp(this, { service, own, typing });
      this.register(whenIdle(IDLE_AT_LATEST_MS, () => service.start()));
    });
  }

  async #keepSettingsAside(): Promise<string> {
    const folder = this.manifest.dir ?? `${this.app.vault.configDir}/plugins/${this.manifest.id}`;
    const aside = `${folder}/data-broken-${String(Date.now())}.json`;
    await this.app.vault.adapter.copy(`${folder}/data.json`, aside);
    return aside;
  }
}
