import type { SettingControl } from 'obsidian';
import type { Setting } from './setting.ts';
import type { SettingTab } from './setting-tab.ts';
import type { AbstractTextComponent } from './text.ts';

type Accept = (value: unknown) => void;

/** Puts a control into the row; what is entered is validated, then saved by the tab. */
export function addControl(tab: SettingTab, setting: Setting, control: SettingControl): void {
  const stored = tab.getControlValue(control.key) ?? control.defaultValue;
  const validate = control.validate as
    ((value: unknown) => string | void | Promise<string | void>) | undefined;
  let latest = 0;
  const judge = async (value: unknown): Promise<boolean> => {
    const asked = (latest += 1);
    const message = (await validate?.(value)) ?? '';
    if (asked !== latest) return false;
    setting.setErrorMessage(message === '' ? null : message);
    return message === '';
  };
  const accept: Accept = (value) => {
    void judge(value).then(async (valid) => {
      if (!valid) return;
      await tab.setControlValue(control.key, value);
      tab.refreshDomState();
    });
  };
  drawControl(tab, setting, { control, stored, accept });
  if (validate !== undefined && stored !== undefined) void judge(stored);
}

interface Drawn {
  readonly control: SettingControl;
  readonly stored: unknown;
  readonly accept: Accept;
}

function drawControl(tab: SettingTab, setting: Setting, { control, stored, accept }: Drawn): void {
  const text = typeof stored === 'string' ? stored : '';
  switch (control.type) {
    case 'toggle':
      setting.addToggle((toggle) => toggle.setValue(stored === true).onChange(accept));
      return;
    case 'dropdown':
      setting.addDropdown((dropdown) => dropdown.addOptions(control.options).setValue(text).onChange(accept));
      return;
    case 'text':
      setting.addText((input) => asText(input, control.placeholder, text).onChange(accept));
      return;
    case 'textarea':
      setting.addTextArea((input) => {
        asText(input, control.placeholder, text).onChange(accept);
        if (control.rows !== undefined) input.inputEl.rows = control.rows;
      });
      return;
    case 'number':
      setting.addText((input) => {
        asText(input, control.placeholder, typeof stored === 'number' ? String(stored) : '');
        input.inputEl.type = 'number';
        for (const name of ['min', 'max', 'step'] as const)
          if (control[name] !== undefined) input.inputEl.setAttribute(name, String(control[name]));
        input.onChange((value) => {
          const number = Number.parseFloat(value);
          accept(Number.isNaN(number) ? (control.defaultValue ?? 0) : number);
        });
      });
      return;
    case 'slider':
      setting.addSlider((slider) => {
        slider.setLimits(control.min, control.max, control.step);
        if (control.displayFormat !== undefined) slider.setDisplayFormat(control.displayFormat);
        slider.setValue(typeof stored === 'number' ? stored : control.min).onChange(accept);
      });
      return;
    case 'color':
      setting.addColorPicker((picker) => picker.setValue(text).onChange(accept));
      return;
    case 'file':
    case 'folder':
      setting.addSearch((input) => {
        asText(input, control.placeholder, text).onChange(accept);
        offerPaths(tab, input.inputEl, control);
      });
      return;
    default:
      throw new Error(`no control is of the type ${JSON.stringify(control satisfies never)}`);
  }
}

function asText<T extends AbstractTextComponent<HTMLInputElement | HTMLTextAreaElement>>(
  input: T,
  placeholder: string | undefined,
  value: string,
): T {
  return input.setPlaceholder(placeholder ?? '').setValue(value);
}

function offerPaths(
  tab: SettingTab,
  inputEl: HTMLInputElement,
  control: SettingControl & { type: 'file' | 'folder' },
): void {
  const list = inputEl.parentElement?.createEl('datalist', { attr: { id: `paths-${control.key}` } });
  inputEl.setAttribute('list', `paths-${control.key}`);
  const files =
    control.type === 'file'
      ? tab.app.vault.getFiles().filter((file) => control.filter?.(file) ?? true)
      : tab.app.vault.getAllFolders(control.includeRoot).filter((folder) => control.filter?.(folder) ?? true);
  for (const { path } of files) list?.createEl('option', { value: path });
}
