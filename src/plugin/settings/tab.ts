import { PluginSettingTab, type SettingDefinitionItem } from 'obsidian';
import { aiPage } from '../ai/settings-page.ts';
import type { Ui } from '../ui-context.ts';
import { backupsPage } from './backups-page.ts';
import { CloudDraft } from './cloud-draft.ts';
import { cloudPage } from './cloud-page.ts';
import { controlsOf, type ControlKey } from './controls.ts';
import { dangerSection, deviceSection, filesSection, statusRow, syncSection } from './sections.ts';

export function registerSettingsTab(ui: Ui): void {
  ui.plugin.addSettingTab(new SettingsTab(ui));
}

class SettingsTab extends PluginSettingTab {
  readonly #ui: Ui;
  readonly #draft: CloudDraft;
  readonly #controls: ReturnType<typeof controlsOf>;

  constructor(ui: Ui) {
    super(ui.app, ui.plugin);
    const { service } = ui;
    this.#ui = ui;
    this.icon = 'cloud';
    this.#draft = new CloudDraft(
      () => service.settings,
      (cloud) => service.changeSettings(cloud),
    );
    this.#controls = controlsOf(service, this.#draft);
  }

  override getSettingDefinitions(): SettingDefinitionItem<ControlKey>[] {
    const update = (): void => this.update();
    return [
      statusRow(this.#ui),
      cloudPage({ ui: this.#ui, draft: this.#draft, update }),
      backupsPage(this.#ui, update),
      deviceSection(),
      syncSection(),
      filesSection(this.#ui, update),
      aiPage(this.#ui),
      dangerSection(this.#ui),
    ];
  }

  override getControlValue(key: string): unknown {
    return this.#control(key)?.get();
  }

  override async setControlValue(key: string, value: unknown): Promise<void> {
    await this.#control(key)?.set(value);
    // It fills in other rows.
    if (key === 's3.service') this.update();
  }

  #control(key: string): ReturnType<typeof controlsOf>[ControlKey] | undefined {
    return Object.hasOwn(this.#controls, key) ? this.#controls[key as ControlKey] : undefined;
  }
}
