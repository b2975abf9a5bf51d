import { Modal, SecretComponent, Setting, type ButtonComponent } from 'obsidian';
import { NO_CLOUD } from '../settings/cloud.ts';
import { CloudDraft } from '../settings/cloud-draft.ts';
import { kindOf, SECRET_FIELDS, SECRET_KEYS, TEXT_FIELDS, TEXT_KEYS } from '../settings/cloud-fields.ts';
import { CLOUD_KINDS, type BackupSettings } from '../settings/model.ts';
import { S3_SERVICES } from '../settings/s3-services.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, statusLine } from './parts.ts';

const { cloud: TEXT } = TEXTS.settings;
const { add: ADD } = TEXTS.backups;

/** A backup as it is being typed: the fields of the vault's cloud, and a name. */
export class BackupModal extends Modal {
  readonly #ui: Ui;
  readonly #added: () => void;
  readonly #draft: CloudDraft;
  #name: string;

  constructor(ui: Ui, added: () => void) {
    super(ui.app);
    this.#ui = ui;
    this.#added = added;
    this.#name = freeName(ui.service.settings.backups);
    this.#draft = new CloudDraft(
      () => NO_CLOUD,
      () => ui.service.backups.add(this.#backup),
    );
  }

  override onOpen(): void {
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(ADD.name);
    const { contentEl } = this;
    new Setting(contentEl).setName(TEXT.cloudKind.name).addDropdown((dropdown) =>
      dropdown
        .addOptions({ ...TEXT.cloudKind.options })
        .setValue(this.#draft.kind)
        .onChange((value) => {
          const kind = CLOUD_KINDS.find((one) => one === value);
          if (kind !== undefined) this.#draft.setKind(kind);
          this.#showFields(fields);
        }),
    );
    const fields = contentEl.createDiv();
    this.#showFields(fields);
    const obstacle = statusLine(contentEl, '');
    const buttons = buttonRow(contentEl);
    const save = button(buttons, ADD.save, () => this.#save()).setCta();
    button(buttons, TEXTS.cancel, () => this.close());
    const show = (): void => this.#showObstacle(obstacle, save);
    this.#draft.onChange(show);
    show();
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  get #backup(): BackupSettings {
    return { ...this.#draft.cloud, name: this.#name };
  }

  #showFields(el: HTMLElement): void {
    const draft = this.#draft;
    el.empty();
    const row = (words: { readonly name: string; readonly desc: string }): Setting =>
      new Setting(el).setName(words.name).setDesc(words.desc);
    row({ name: ADD.label, desc: ADD.labelDesc }).addText((text) =>
      text.setValue(this.#name).onChange((name) => {
        this.#name = name.trim();
        draft.setKind(draft.kind);
      }),
    );
    if (draft.kind === 's3') this.#addService(el);
    for (const key of TEXT_KEYS.filter((one) => kindOf(one) === draft.kind)) {
      const field = row(TEXT_FIELDS[key]);
      const wrong = field.descEl.createDiv({ cls: 'twincloud-remedy', attr: { role: 'alert' } });
      field.addText((text) =>
        text.setValue(draft.text(key)).onChange((value) => {
          const message = draft.check(key, value);
          wrong.setText(message ?? '');
          if (message === undefined) draft.set(key, value);
        }),
      );
    }
    if (draft.kind === 's3') {
      row(TEXT.s3.pathStyle).addToggle((toggle) =>
        toggle
          .setValue(draft.get('s3.pathStyle') === true)
          .onChange((isOn) => draft.set('s3.pathStyle', isOn)),
      );
    }
    for (const key of SECRET_KEYS.filter((one) => kindOf(one) === draft.kind)) {
      row(SECRET_FIELDS[key]).addComponent((at) =>
        new SecretComponent(this.app, at)
          .setValue(draft.text(key))
          .onChange((secret) => draft.set(key, secret)),
      );
    }
  }

  #addService(el: HTMLElement): void {
    const { name, options, hints } = TEXT.s3.service;
    new Setting(el)
      .setName(name)
      .setDesc(hints[this.#draft.service])
      .addDropdown((dropdown) =>
        dropdown
          .addOptions({ ...options })
          .setValue(this.#draft.service)
          .onChange((value) => {
            const service = S3_SERVICES.find((one) => one === value);
            if (service !== undefined) this.#draft.setService(service);
            this.#showFields(el);
          }),
      );
  }

  #showObstacle(line: HTMLElement, save: ButtonComponent): void {
    const obstacle = this.#draft.obstacle ?? this.#ui.service.backups.obstacle(this.#backup);
    line.setText(obstacle ?? '');
    save.setDisabled(obstacle !== undefined);
  }

  #save(): void {
    const ui = this.#ui;
    ui.run(ADD.name, async () => {
      const { name } = this.#backup;
      await this.#draft.save();
      this.close();
      this.#added();
      ui.open.check(name);
    });
  }
}

function freeName(backups: readonly BackupSettings[]): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? 'backup' : `backup-${String(count)}`;
    if (!backups.some((one) => one.name === name)) return name;
  }
}
