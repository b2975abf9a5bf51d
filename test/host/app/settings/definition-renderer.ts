import type {
  SettingDefinition,
  SettingDefinitionGroup,
  SettingDefinitionItem,
  SettingDefinitionList,
  SettingDefinitionPage,
  SettingGroupItem,
} from 'obsidian';
import { Platform } from '../platform.ts';
import { setIcon } from '../ui/icons.ts';
import { addControl } from './definition-control.ts';
import { Setting } from './setting.ts';
import { SettingGroup } from './setting-group.ts';
import type { SettingPage, SettingTab } from './setting-tab.ts';

type Rule = boolean | (() => boolean) | undefined;

interface OpenPage {
  readonly title: string;
  /** Path of names, by which the page is found again in new definitions. */
  readonly items?: SettingDefinitionItem[] | undefined;
  readonly page?: SettingPage | undefined;
}

/** Draws definitions; keeps the open page, and the words of a search, over a new drawing. */
export class DefinitionRenderer {
  readonly #tab: SettingTab;
  readonly #containerEl: HTMLElement;
  readonly #cleanups: (() => void)[] = [];
  readonly #refreshers: (() => void)[] = [];
  readonly #queryByHeading = new Map<string, string>();
  #root: SettingDefinitionItem[] = [];
  #openNames: string[] = [];
  #openPage: SettingPage | undefined;

  constructor(tab: SettingTab, containerEl: HTMLElement) {
    this.#tab = tab;
    this.#containerEl = containerEl;
  }

  render(items: SettingDefinitionItem[]): void {
    this.#root = items;
    this.#draw();
  }

  refresh(): void {
    for (const refresher of this.#refreshers) refresher();
  }

  clear(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#refreshers.length = 0;
    this.#openPage?.hide();
    this.#openPage = undefined;
    this.#containerEl.empty();
  }

  #draw(): void {
    const { scrollTop } = this.#containerEl;
    this.clear();
    const open = this.#findOpen();
    if (open !== undefined) this.#drawTitlebar(open.title);
    if (open?.page !== undefined) {
      this.#openPage = open.page;
      this.#containerEl.appendChild(open.page.rootEl);
      open.page.display();
    } else {
      this.#drawItems(open?.items ?? this.#root);
    }
    this.refresh();
    this.#containerEl.scrollTop = scrollTop;
  }

  #findOpen(): OpenPage | undefined {
    let items = this.#root;
    let found: SettingDefinitionPage | undefined;
    for (const name of this.#openNames) {
      found = pagesOf(items).find((page) => page.name === name);
      if (found === undefined) break;
      items = found.items ?? [];
    }
    if (found === undefined) {
      this.#openNames = [];
      return undefined;
    }
    return { title: found.name, items: found.items, page: found.page?.() };
  }

  #drawTitlebar(title: string): void {
    const bar = this.#containerEl.createDiv('setting-page-titlebar');
    const back = bar.createEl('button', { cls: 'clickable-icon', attr: { 'aria-label': 'Back' } });
    setIcon(back, 'chevron-left');
    back.addEventListener('click', () => {
      this.#openNames = this.#openNames.slice(0, -1);
      this.#draw();
    });
    bar.createDiv({ cls: 'setting-page-title', text: title });
  }

  /** Rows that stand between groups form a group of their own. */
  #drawItems(items: readonly SettingDefinitionItem[]): void {
    let loose: SettingGroup | undefined;
    for (const item of items) {
      if ('type' in item && item.type !== 'page') {
        loose = undefined;
        this.#drawGroup(item);
      } else {
        loose ??= new SettingGroup(this.#containerEl);
        this.#drawRow(item, loose, 0);
      }
    }
  }

  #drawGroup(definition: SettingDefinitionGroup | SettingDefinitionList): void {
    const group = new SettingGroup(this.#containerEl);
    if (definition.heading !== undefined) group.setHeading(definition.heading);
    if (definition.cls !== undefined) group.addClass(...definition.cls.split(' '));
    if (definition.type === 'list') group.addClass('mod-list');
    for (const configure of definition.extraButtons ?? []) group.addExtraButton(configure as never);
    this.#follow(definition.visible, (visible) => group.groupEl.toggle(visible));
    const list = definition.type === 'list' ? (definition as SettingDefinitionList) : undefined;
    const items = definition.items ?? [];
    const rows = items.map((item, index) => this.#drawRow(item, group, index, list));
    if (items.length === 0 && list?.emptyState !== undefined)
      group.listEl.createDiv('setting-items-empty').setText(list.emptyState);
    if (list?.addItem !== undefined) drawAddItem(group, list.addItem);
    if (definition.search !== undefined) this.#drawSearch(definition, group, rows);
  }

  #drawSearch(definition: SettingDefinitionGroup, group: SettingGroup, rows: readonly Setting[]): void {
    const { search, heading = '', items = [] } = definition;
    if (search === undefined) return;
    const filter = (query: string): void => {
      this.#queryByHeading.set(heading, query);
      for (const [index, item] of items.entries()) {
        if ('type' in item || holds(item.searchable) === false) continue;
        rows[index]?.settingEl.toggle(query === '' || search.match(item, query));
      }
    };
    group.addSearch((component) => {
      const query = this.#queryByHeading.get(heading) ?? '';
      component
        .setPlaceholder(search.placeholder ?? '')
        .setValue(query)
        .onChange(filter);
      filter(query);
    });
  }

  #drawRow(
    item: SettingGroupItem,
    group: SettingGroup,
    index: number,
    list?: SettingDefinitionList,
  ): Setting {
    const setting = new Setting(group.listEl).setName(item.name);
    if (item.desc !== undefined)
      setting.setDesc(
        typeof item.desc === 'string' ? item.desc : (item.desc.cloneNode(true) as DocumentFragment),
      );
    this.#follow(item.visible, (visible) => setting.settingEl.toggle(visible));
    if ('type' in item) this.#drawPageLink(item, setting);
    else this.#drawSetting(item, { setting, group, index });
    if (list !== undefined) drawListButtons(list, setting, index);
    return setting;
  }

  #drawSetting(item: SettingDefinition, at: { setting: Setting; group: SettingGroup; index: number }): void {
    const { setting, group, index } = at;
    if (item.control !== undefined) {
      const { control } = item;
      addControl(this.#tab, setting, control);
      this.#follow(control.disabled, (is) => void setting.setDisabled(is), false);
    } else if (item.render !== undefined) {
      const cleanup = item.render(setting as never, group as never);
      if (typeof cleanup === 'function') this.#cleanups.push(cleanup);
    } else if (item.action !== undefined) {
      const { action, disabled } = item;
      setting.settingEl.addClass('mod-clickable');
      setting.settingEl.addEventListener('click', () => {
        if (holds(disabled) !== true) action(setting.settingEl, index);
      });
      this.#follow(disabled, (is) => setting.settingEl.toggleClass('is-disabled', is), false);
    }
  }

  #drawPageLink(page: SettingDefinitionPage, setting: Setting): void {
    setting.settingEl.addClass('mod-page', 'mod-clickable');
    const { displayValue, status } = page;
    setting.addDisplayValue((component) => {
      component
        .setValue((typeof displayValue === 'function' ? displayValue() : displayValue) ?? null)
        .setStatus((typeof status === 'function' ? status() : status) ?? null);
    });
    setIcon(setting.controlEl.createDiv('setting-item-chevron'), 'chevron-right');
    setting.settingEl.addEventListener('click', () => {
      this.#openNames = [...this.#openNames, page.name];
      this.#draw();
    });
  }

  #follow(rule: Rule, apply: (holds: boolean) => void, otherwise = true): void {
    this.#refreshers.push(() => {
      apply(holds(rule) ?? otherwise);
    });
  }
}

function holds(rule: Rule): boolean | undefined {
  return typeof rule === 'function' ? rule() : rule;
}

function pagesOf(items: readonly SettingDefinitionItem[]): SettingDefinitionPage[] {
  return items.flatMap((item) => {
    if (!('type' in item)) return [];
    return item.type === 'page' ? [item] : pagesOf(item.items ?? []);
  });
}

function drawAddItem(
  group: SettingGroup,
  { name, action }: NonNullable<SettingDefinitionList['addItem']>,
): void {
  if (Platform.isMobile) {
    const row = new Setting(group.listEl).setName(`+ ${name}`).setClass('mod-clickable');
    row.settingEl.addEventListener('click', () => action(row.settingEl));
    return;
  }
  group.addExtraButton((button) => {
    button
      .setIcon('plus')
      .setTooltip(name)
      .onClick(() => action(button.extraSettingsEl));
  });
}

function drawListButtons(list: SettingDefinitionList, setting: Setting, index: number): void {
  const { onDelete, onReorder } = list;
  if (onReorder !== undefined)
    setting.addExtraButton((button) =>
      button
        .setIcon('arrow-up')
        .setTooltip('Move up')
        .setDisabled(index === 0)
        .onClick(() => onReorder(index, index - 1)),
    );
  if (onDelete !== undefined)
    setting.addExtraButton((button) =>
      button
        .setIcon('trash-2')
        .setTooltip('Delete')
        .onClick(() => onDelete(index)),
    );
}
