import { SecretComponent, type Setting, type SettingDefinition, type SettingDefinitionPage } from 'obsidian';
import { copySetupLink } from '../commands/setup-link.ts';
import { cloudName } from '../modals/forget-modal.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import type { CloudDraft, CloudText } from './cloud-draft.ts';
import type { ControlKey } from './controls.ts';
import { isCloudNamed } from './defaults.ts';

const { cloud: TEXT } = TEXTS.settings;

export interface CloudPageParts {
  readonly ui: Ui;
  readonly draft: CloudDraft;
  /** Makes the page anew from the settings. */
  readonly update: () => void;
}

/** The page on which a cloud is described, tried and taken into use. */
export function cloudPage(parts: CloudPageParts): SettingDefinitionPage<ControlKey> {
  const { ui, draft } = parts;
  const isSetUp = (): boolean => isCloudNamed(ui.service.settings.s3);
  return {
    type: 'page',
    name: TEXT.name,
    desc: TEXT.desc,
    displayValue: () => {
      if (draft.isDirty) return TEXT.unsaved;
      return isSetUp() ? cloudName(ui.service.settings.s3) : TEXT.unset;
    },
    status: () => (draft.isDirty || !isSetUp() ? 'warning' : null),
    items: [
      {
        type: 'group',
        heading: TEXT.where,
        items: [
          { ...textRow(draft, 'endpoint'), aliases: ['url', 'server'] },
          textRow(draft, 'bucket'),
          textRow(draft, 'region'),
          textRow(draft, 'prefix'),
          {
            name: TEXT.pathStyle.name,
            desc: TEXT.pathStyle.desc,
            control: { type: 'toggle', key: 'pathStyle' },
          },
        ],
      },
      {
        type: 'group',
        heading: TEXT.keys,
        items: [secretRow(parts, 'accessKey'), secretRow(parts, 'secretKey')],
      },
      { type: 'group', items: [saveRow(parts), linkRow(ui)] },
    ],
  };
}

function textRow(draft: CloudDraft, key: CloudText): SettingDefinition<ControlKey> {
  const { name, desc } = TEXT[key];
  const placeholder = key === 'endpoint' ? { placeholder: TEXT.endpoint.placeholder } : {};
  const validate = (value: string): string | undefined => draft.check(key, value);
  return { name, desc, control: { type: 'text', key, validate, ...placeholder } };
}

function secretRow(
  { ui, draft }: CloudPageParts,
  which: 'accessKey' | 'secretKey',
): SettingDefinition<ControlKey> {
  const { name, desc } = TEXT[which];
  const key = which === 'accessKey' ? 'accessKeySecret' : 'secretKeySecret';
  return {
    name,
    desc,
    render: (setting) => {
      setting.addComponent((el) =>
        new SecretComponent(ui.app, el)
          .setValue(draft.values[key])
          .onChange((secret) => draft.set(key, secret)),
      );
      labelInside(setting, name);
    },
  };
}

/** The component of a secret has no label of its own. */
function labelInside({ controlEl }: Setting, name: string): void {
  const el = controlEl.querySelector('input, select, button');
  if (el?.getAttribute('aria-label') === null) el.setAttribute('aria-label', name);
}

function saveRow({ ui, draft, update }: CloudPageParts): SettingDefinition<ControlKey> {
  return {
    name: TEXT.save.name,
    searchable: false,
    render: (setting) => {
      setting.descEl.setAttr('role', 'status');
      const show = (): void => showSave(setting, { ui, draft, update });
      show();
      return draft.onChange(show);
    },
  };
}

function showSave(setting: Setting, { ui, draft, update }: CloudPageParts): void {
  const { isDirty, obstacle } = draft;
  const hadFocus = setting.controlEl.contains(setting.controlEl.doc.activeElement);
  setting.setDesc(obstacle ?? (isDirty ? TEXT.save.dirty : TEXT.save.clean));
  setting.controlEl.empty();
  if (isDirty) {
    setting.addButton((button) => {
      button.setButtonText(TEXT.save.discard).onClick(() => {
        draft.discard();
        update();
      });
    });
  }
  setting.addButton((button) => {
    button.setButtonText(isDirty ? TEXT.save.button : TEXT.save.check);
    button.setDisabled(obstacle !== undefined).onClick(() => {
      ui.run(TEXT.save.name, async () => {
        if (draft.isDirty) await draft.save();
        update();
        ui.open.check();
      });
    });
    if (isDirty && obstacle === undefined) button.setCta();
    if (hadFocus) button.buttonEl.focus();
  });
}

function linkRow(ui: Ui): SettingDefinition<ControlKey> {
  const { name, desc, button: text } = TEXT.link;
  return {
    name,
    desc,
    visible: () => isCloudNamed(ui.service.settings.s3),
    render: (setting) => {
      setting.addButton((button) => {
        button.setButtonText(text).onClick(() => ui.run(text, () => copySetupLink(ui)));
      });
    },
  };
}
