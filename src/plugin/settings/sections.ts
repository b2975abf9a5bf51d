import type { SettingDefinition, SettingDefinitionGroup } from 'obsidian';
import { IgnoreModal } from '../modals/ignore-modal.ts';
import { faceOf } from '../status-face.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { checkDeviceName, checkInterval, checkMaxFile } from './checks.ts';
import type { ControlKey } from './controls.ts';
import { hasCloud } from './cloud.ts';
import { DEFAULTS, LIMITS } from './defaults.ts';

const { danger, device, files, status, sync } = TEXTS.settings;

type Row = SettingDefinition<ControlKey>;
type Group = SettingDefinitionGroup<ControlKey>;

/** How the sync is, live, and what may be done about it at once. */
export function statusRow(ui: Ui): Row {
  return {
    name: status.name,
    searchable: false,
    render: (setting) => {
      setting.descEl.setAttr('role', 'status');
      const show = (): void => {
        const { state } = ui.service;
        const { text, detail } = faceOf(state);
        setting.setName(text).setDesc(state.kind === 'unset' ? state.inSettings : detail);
        setting.controlEl.toggle(state.kind !== 'unset');
      };
      setting.addButton((button) => button.setButtonText(status.preview).onClick(() => ui.open.preview()));
      setting.addButton((button) => button.setButtonText(status.sync).onClick(() => ui.syncByHand()));
      show();
      return ui.service.onState(show);
    },
  };
}

export function deviceSection(): Group {
  return {
    type: 'group',
    heading: device.heading,
    items: [
      {
        name: device.name.name,
        desc: device.name.desc,
        control: { type: 'text', key: 'deviceName', validate: checkDeviceName },
      },
      toggle('paused', device.paused),
    ],
  };
}

export function syncSection(): Group {
  const { intervalMinutes } = LIMITS;
  return {
    type: 'group',
    heading: sync.heading,
    items: [
      toggle('syncOnStart', sync.onStart),
      toggle('syncAfterEdit', sync.afterEdit),
      {
        name: sync.interval.name,
        desc: sync.interval.desc,
        control: {
          type: 'number',
          key: 'intervalMinutes',
          defaultValue: DEFAULTS.intervalMinutes,
          ...intervalMinutes,
          step: 1,
          validate: checkInterval,
        },
      },
    ],
  };
}

export function filesSection(ui: Ui, update: () => void): Group {
  return {
    type: 'group',
    heading: files.heading,
    items: [
      ignoreRow(ui, update),
      toggle('dotFolders', files.dotFolders),
      {
        name: files.maxFile.name,
        desc: files.maxFile.desc,
        control: {
          type: 'number',
          key: 'maxFileMiB',
          defaultValue: DEFAULTS.maxFileMiB,
          ...LIMITS.maxFileMiB,
          step: 1,
          validate: checkMaxFile,
        },
      },
      toggle('readableCopy', files.readableCopy),
      {
        name: files.conflicts.name,
        desc: files.conflicts.desc,
        control: { type: 'dropdown', key: 'conflicts', options: { ...files.conflicts.options } },
      },
    ],
  };
}

export function dangerSection(ui: Ui): Group {
  const { name, desc, button: text } = danger.forget;
  return {
    type: 'group',
    heading: danger.heading,
    visible: () => hasCloud(ui.service.settings),
    items: [
      {
        name,
        desc,
        render: (setting) => {
          setting.addButton((button) => {
            button
              .setButtonText(text)
              .setDestructive()
              .onClick(() => ui.open.forget());
          });
        },
      },
    ],
  };
}

function ignoreRow(ui: Ui, update: () => void): Row {
  const { name, desc, count, button: text } = files.ignore;
  return {
    name,
    desc,
    aliases: ['exclude', 'gitignore'],
    render: (setting) => {
      setting.addDisplayValue((value) => value.setValue(count(ui.service.settings.ignore.length)));
      setting.addButton((button) => {
        button.setButtonText(text).onClick(() => ui.show(new IgnoreModal(ui, update)));
        button.buttonEl.setAttr('aria-label', `${text}: ${name}`);
      });
    },
  };
}

function toggle(key: ControlKey, { name, desc }: { readonly name: string; readonly desc: string }): Row {
  return { name, desc, control: { type: 'toggle', key } };
}
