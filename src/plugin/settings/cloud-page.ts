import {
  SecretComponent,
  type Setting,
  type SettingDefinition,
  type SettingDefinitionGroup,
  type SettingDefinitionPage,
} from 'obsidian';
import { copySetupLink } from '../commands/setup-link.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { cloudName, isCloudNamed } from './cloud.ts';
import type { CloudDraft } from './cloud-draft.ts';
import {
  kindOf,
  SECRET_FIELDS,
  SECRET_KEYS,
  TEXT_FIELDS,
  TEXT_KEYS,
  type CloudSecretKey,
  type CloudTextKey,
} from './cloud-fields.ts';
import type { ControlKey } from './controls.ts';
import { CLOUD_KINDS, type CloudKind } from './model.ts';
import { S3_PRESETS } from './s3-services.ts';

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
  const isSetUp = (): boolean => isCloudNamed(ui.service.settings);
  return {
    type: 'page',
    name: TEXT.name,
    desc: TEXT.desc,
    displayValue: () => {
      if (draft.isDirty) return TEXT.unsaved;
      return isSetUp() ? cloudName(ui.service.settings) : TEXT.unset;
    },
    status: () => (draft.isDirty || !isSetUp() ? 'warning' : null),
    items: [
      {
        type: 'group',
        items: [
          {
            name: TEXT.cloudKind.name,
            desc: TEXT.cloudKind.desc,
            control: { type: 'dropdown', key: 'cloudKind', options: { ...TEXT.cloudKind.options } },
          },
        ],
      },
      ...CLOUD_KINDS.flatMap((kind) => [placeGroup(draft, kind), keyGroup(parts, kind)]),
      { type: 'group', items: [saveRow(parts), linkRow(ui)] },
    ],
  };
}

/** The name and the place of a cloud of one kind; seen while that kind is selected. */
function placeGroup(draft: CloudDraft, kind: CloudKind): SettingDefinitionGroup<ControlKey> {
  const texts = TEXT_KEYS.filter((key) => kindOf(key) === kind);
  const pathStyle: SettingDefinition<ControlKey> = {
    name: TEXT.s3.pathStyle.name,
    desc: TEXT.s3.pathStyle.desc,
    control: { type: 'toggle', key: 's3.pathStyle' },
  };
  return {
    type: 'group',
    heading: TEXT[kind].heading,
    visible: () => draft.kind === kind,
    items: [
      ...(kind === 's3' ? [serviceRow(draft)] : []),
      ...texts.map((key) => textRow(draft, key)),
      ...(kind === 's3' ? [pathStyle] : []),
    ],
  };
}

function serviceRow({ service }: CloudDraft): SettingDefinition<ControlKey> {
  const { name, options, hints } = TEXT.s3.service;
  return {
    name,
    desc: hints[service],
    control: { type: 'dropdown', key: 's3.service', options: { ...options } },
  };
}

function keyGroup(parts: CloudPageParts, kind: CloudKind): SettingDefinitionGroup<ControlKey> {
  const secrets = SECRET_KEYS.filter((key) => kindOf(key) === kind);
  return {
    type: 'group',
    heading: TEXT.keys,
    visible: () => parts.draft.kind === kind,
    items: secrets.map((key) => secretRow(parts, key)),
  };
}

function textRow(draft: CloudDraft, key: CloudTextKey): SettingDefinition<ControlKey> {
  const { name, desc } = TEXT_FIELDS[key];
  const isAddress = key.endsWith('.endpoint');
  const validate = (value: string): string | undefined => draft.check(key, value);
  return {
    name,
    desc,
    ...(isAddress ? { aliases: ['url', 'server'] } : {}),
    control: {
      type: 'text',
      key,
      validate,
      ...(isAddress ? { placeholder: exampleFor(draft, key) } : {}),
    },
  };
}

function exampleFor({ service }: CloudDraft, key: CloudTextKey): string {
  const isKnown = key === 's3.endpoint' && service !== 'other';
  return isKnown ? S3_PRESETS[service].example : TEXT.address.placeholder;
}

function secretRow({ ui, draft }: CloudPageParts, key: CloudSecretKey): SettingDefinition<ControlKey> {
  const { name, desc } = SECRET_FIELDS[key];
  return {
    name,
    desc,
    render: (setting) => {
      setting.addComponent((el) =>
        new SecretComponent(ui.app, el)
          .setValue(draft.text(key))
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
    visible: () => isCloudNamed(ui.service.settings),
    render: (setting) => {
      setting.addButton((button) => {
        button.setButtonText(text).onClick(() => ui.run(text, () => copySetupLink(ui)));
      });
    },
  };
}
