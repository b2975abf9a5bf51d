import type { App, Modal, Plugin } from 'obsidian';
import type { VaultPath } from '../core/model/vault-path.ts';
import type { Suggesting } from './ai/suggesting.ts';
import type { SyncService } from './service.ts';
import type { SetupItems } from './setup-items.ts';

/** The screens that others may open. */
export interface Screens {
  preview(): void;
  held(): void;
  log(): void;
  conflicts(): void;
  conflict(copy: VaultPath): void;
  verify(): void;
  history(path: VaultPath): void;
  /** Of the vault's cloud, or of the backup of this name. */
  check(backup?: string): void;
  /** `only`: to no other than this cloud. */
  switchCloud(only?: string): void;
  encryption(): void;
  forget(): void;
  setupLink(items: SetupItems): void;
  copyLink(link: string): void;
  settings(): void;
}

/** What commands, screens and the status share. */
export interface Ui {
  readonly app: App;
  readonly plugin: Plugin;
  readonly service: SyncService;
  readonly suggesting: Suggesting;
  readonly open: Screens;
  /** Opens a modal that closes with the plugin, too. */
  show(modal: Modal): void;
  /** Does what a person asked for; `what` names it in the notice should it fail. */
  run(what: string, act: () => Promise<unknown>): void;
  /** Syncs with its progress and its outcome in a notice. */
  syncByHand(options?: { readonly acceptFirst?: boolean }): void;
}
