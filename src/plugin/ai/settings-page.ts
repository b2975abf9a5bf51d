import { SecretComponent, type SettingDefinition, type SettingDefinitionPage } from 'obsidian';
import { messageOf } from '../modals/parts.ts';
import type { ControlKey } from '../settings/controls.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { checkLines, checkModelName, checkModelUrl, checkPatience } from './checks.ts';
import type { AiControlKey } from './controls.ts';
import { AI_DEFAULTS, AI_LIMITS } from './model.ts';

const { settings: TEXT } = TEXTS.ai;
const ROWS = 3;

type Row = SettingDefinition<ControlKey>;

/** The page on which a model is named, tried, and kept away from what is private. */
export function aiPage(ui: Ui): SettingDefinitionPage<ControlKey> {
  const { min, max } = AI_LIMITS.patienceSeconds;
  return {
    type: 'page',
    name: TEXT.name,
    desc: TEXT.desc,
    displayValue: () => (ui.suggesting.isOn ? ui.service.settings.ai.model : TEXT.unset),
    items: [
      {
        type: 'group',
        heading: TEXT.model,
        items: [
          {
            name: TEXT.url.name,
            desc: TEXT.url.desc,
            control: {
              type: 'text',
              key: 'aiUrl',
              placeholder: TEXT.url.placeholder,
              validate: checkModelUrl,
            },
          },
          {
            name: TEXT.modelName.name,
            desc: TEXT.modelName.desc,
            control: { type: 'text', key: 'aiModel', validate: checkModelName },
          },
          keyRow(ui),
          {
            name: TEXT.patience.name,
            desc: TEXT.patience.desc,
            control: {
              type: 'number',
              key: 'aiPatience',
              defaultValue: AI_DEFAULTS.patienceSeconds,
              min,
              max,
              step: 1,
              validate: checkPatience,
            },
          },
          testRow(ui),
        ],
      },
      {
        type: 'group',
        heading: TEXT.privacy,
        items: [
          linesRow('aiPrivateFolders', TEXT.privateFolders),
          linesRow('aiPrivateTags', TEXT.privateTags),
          linesRow('aiQuickFolders', TEXT.quickFolders),
        ],
      },
    ],
  };
}

function linesRow(key: AiControlKey, { name, desc }: { readonly name: string; readonly desc: string }): Row {
  return { name, desc, control: { type: 'textarea', key, rows: ROWS, validate: checkLines } };
}

function keyRow(ui: Ui): Row {
  const { name, desc } = TEXT.key;
  return {
    name,
    desc,
    render: (setting) => {
      setting.addComponent((el) =>
        new SecretComponent(ui.app, el)
          .setValue(ui.service.settings.ai.keySecret)
          .onChange(
            (keySecret) => void ui.service.changeSettings({ ai: { ...ui.service.settings.ai, keySecret } }),
          ),
      );
      const el = setting.controlEl.querySelector('input, select, button');
      if (el?.getAttribute('aria-label') === null) el.setAttribute('aria-label', name);
    },
  };
}

function testRow(ui: Ui): Row {
  const { name, desc, button: text, running, good } = TEXT.test;
  return {
    name,
    desc,
    searchable: false,
    render: (setting) => {
      const abort = new AbortController();
      setting.descEl.setAttr('role', 'status');
      setting.addButton((button) => {
        button.setButtonText(text).onClick(async () => {
          button.setDisabled(true);
          setting.setDesc(running);
          try {
            const host = await ui.suggesting.test(abort.signal);
            setting.setDesc(good(host));
          } catch (error) {
            if (!abort.signal.aborted) setting.setDesc(messageOf(error));
          }
          button.setDisabled(false);
        });
      });
      return () => abort.abort();
    },
  };
}
