import { Modal, Notice, SecretComponent, Setting } from 'obsidian';
import { isCloudNamed } from '../settings/cloud.ts';
import { kindOf, SECRET_FIELDS, SECRET_KEYS, type CloudSecretKey } from '../settings/cloud-fields.ts';
import type { SetupItemKey, SetupItems } from '../setup-items.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, callout } from './parts.ts';
import { setupRows, settingsFrom, type SetupRow } from './setup-rows.ts';

/** Has every item of a setup link confirmed before any of it is used. */
export class SetupLinkModal extends Modal {
  readonly #ui: Ui;
  readonly #items: SetupItems;
  readonly #taken = new Set<SetupItemKey>();
  readonly #secrets: Partial<Record<CloudSecretKey, string>> = {};

  constructor(ui: Ui, items: SetupItems) {
    super(ui.app);
    this.#ui = ui;
    this.#items = items;
  }

  override onOpen(): void {
    const { contentEl } = this;
    const { setupLink } = TEXTS;
    const { settings } = this.#ui.service;
    this.modalEl.addClass('twincloud-modal', 'twincloud-setup');
    this.setTitle(setupLink.title);
    callout(contentEl, { tone: 'warning', text: setupLink.explain });
    const rows = setupRows(this.#items, settings);
    const isSetUp = isCloudNamed(settings);
    for (const row of rows) this.#showItem(row, isSetUp);
    if (rows.some(({ key, isSame }) => key === 'cloud' && !isSame)) this.#showKeys();
    const buttons = buttonRow(contentEl);
    button(buttons, setupLink.apply, () => this.#apply()).setCta();
    button(buttons, TEXTS.cancel, () => this.close());
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  /** On a device that syncs already, nothing is taken unless a person says so. */
  #showItem(row: SetupRow, isSetUp: boolean): void {
    const setting = new Setting(this.contentEl).setName(row.name);
    for (const line of row.asked) setting.descEl.createDiv({ cls: 'twincloud-asked', text: line });
    if (row.isSame) {
      setting.descEl.createDiv({ cls: 'twincloud-detail', text: TEXTS.setupLink.sameAsNow });
      return;
    }
    if (row.key !== 'cloud') {
      setting.descEl.createDiv({ cls: 'twincloud-detail', text: TEXTS.setupLink.now(row.now.join(', ')) });
    } else if (isSetUp) {
      setting.descEl.createDiv({ cls: 'twincloud-remedy', text: TEXTS.setupLink.replaces });
    }
    if (!isSetUp) this.#taken.add(row.key);
    setting.addToggle((toggle) => {
      toggle.setValue(!isSetUp).onChange((take) => {
        if (take) this.#taken.add(row.key);
        else this.#taken.delete(row.key);
      });
      toggle.toggleEl.setAttr('aria-label', TEXTS.setupLink.take(row.name));
    });
  }

  #showKeys(): void {
    const { setupLink } = TEXTS;
    new Setting(this.contentEl).setName(setupLink.keys).setDesc(setupLink.keysExplain).setHeading();
    for (const key of SECRET_KEYS) {
      if (kindOf(key) !== this.#items.cloud.kind) continue;
      new Setting(this.contentEl)
        .setName(SECRET_FIELDS[key].name)
        .addComponent((el) =>
          new SecretComponent(this.app, el).onChange((name) => (this.#secrets[key] = name)),
        );
    }
  }

  #apply(): void {
    this.close();
    const { setupLink } = TEXTS;
    if (this.#taken.size === 0) {
      new Notice(setupLink.nothing);
      return;
    }
    this.#ui.run(setupLink.title, async () => {
      await this.#ui.service.changeSettings(settingsFrom(this.#items, this.#taken, this.#secrets));
      new Notice(setupLink.applied);
      if (!this.#taken.has('cloud')) return;
      if (isCloudNamed(this.#ui.service.settings)) this.#ui.open.check();
      else this.#ui.open.settings();
    });
  }
}
