import { TFile, type Plugin, type TAbstractFile } from 'obsidian';
import { listenToTyping, type Typing } from '../adapters/typing.ts';
import type { OwnWrites } from '../adapters/vault/own-writes.ts';
import type { PluginSync } from './sync-service.ts';

interface Listeners {
  readonly service: PluginSync;
  readonly own: OwnWrites;
  readonly typing: Typing;
}

/**
 * Tells the service what happens in the app. Events only say that something is to be looked at; what it is, a
 * scan finds out. To be called when the layout is ready: while the vault loads the app tells of every file.
 */
export function listenToApp(plugin: Plugin, { service, own, typing }: Listeners): void {
  const { vault, workspace } = plugin.app;
  const isEcho = (file: TAbstractFile, path = file.path): boolean => {
    if (!(file instanceof TFile)) return service.state.kind === 'syncing';
    const isThere = vault.getAbstractFileByPath(path) !== null;
    return own.isEcho(path, isThere ? file.stat : undefined);
  };
  const edited = (file: TAbstractFile): void => {
    if (!isEcho(file)) service.edited();
  };
  plugin.registerEvent(vault.on('create', edited));
  plugin.registerEvent(vault.on('modify', edited));
  plugin.registerEvent(vault.on('delete', edited));
  plugin.registerEvent(
    vault.on('rename', (file, oldPath) => {
      if (!isEcho(file) || !isEcho(file, oldPath)) service.edited();
    }),
  );
  listenToTyping(plugin, typing);
  plugin.registerEvent(
    workspace.on('editor-change', () => {
      service.typed();
    }),
  );
  plugin.registerDomEvent(window, 'online', () => service.woke());
  plugin.registerDomEvent(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') service.woke();
    else service.rest();
  });
}
