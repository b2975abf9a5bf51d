export { App } from './app.ts';
export { Component } from './component.ts';
export { debounce } from './debounce.ts';
export { MetadataCache } from './metadata-cache.ts';
export { Platform } from './platform.ts';
export { Plugin } from './plugin.ts';
export { SecretStorage } from './secret-storage.ts';
export { Tasks } from './tasks.ts';
export { BaseComponent, ValueComponent } from './settings/base.ts';
export { ButtonComponent, ExtraButtonComponent } from './settings/button.ts';
export {
  ColorComponent,
  DisplayValueComponent,
  DropdownComponent,
  ProgressBarComponent,
  SliderComponent,
  ToggleComponent,
} from './settings/choices.ts';
export { SecretComponent } from './settings/secret-component.ts';
export { SettingGroup } from './settings/setting-group.ts';
export { PluginSettingTab, SettingPage, SettingTab } from './settings/setting-tab.ts';
export { Setting } from './settings/setting.ts';
export { AbstractTextComponent, SearchComponent, TextAreaComponent, TextComponent } from './settings/text.ts';
export { ConfirmationButton, ConfirmationModal } from './ui/confirmation-modal.ts';
export { addIcon, getIcon, getIconIds, removeIcon, setIcon } from './ui/icons.ts';
export { Menu, MenuItem } from './ui/menu.ts';
export { Modal } from './ui/modal.ts';
export { Notice } from './ui/notice.ts';
export { Scope } from './ui/scope.ts';
export { FuzzySuggestModal, SuggestModal } from './ui/suggest-modal.ts';
export { setTooltip } from './ui/tooltip.ts';
export { Adapter as FileSystemAdapter } from './vault/adapter.ts';
export { Events } from './vault/events.ts';
export { FileManager } from './vault/file-manager.ts';
export { TAbstractFile, TFile, TFolder } from './vault/files.ts';
export { normalizePath } from './vault/normalize-path.ts';
export { Vault } from './vault/vault.ts';
export { Editor } from './workspace/editor.ts';
export { WorkspaceLeaf } from './workspace/leaf.ts';
export { MarkdownView } from './workspace/markdown-view.ts';
export { EditableFileView, TextFileView } from './workspace/text-file-view.ts';
export { FileView, ItemView, View } from './workspace/view.ts';
export { Workspace } from './workspace/workspace.ts';

export const apiVersion = '1.13.1';

export function requireApiVersion(version: string): boolean {
  const [wanted = [], have = []] = [version, apiVersion].map((text) => text.split('.').map(Number));
  const at = have.findIndex((number, index) => number !== (wanted[index] ?? 0));
  return at < 0 || (have[at] ?? 0) > (wanted[at] ?? 0);
}

export function arrayBufferToHex(data: ArrayBuffer): string {
  return [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function hexToArrayBuffer(hex: string): ArrayBuffer {
  return new Uint8Array((hex.match(/../gu) ?? []).map((pair) => Number.parseInt(pair, 16))).buffer;
}

export function getLanguage(): string {
  return 'en';
}
