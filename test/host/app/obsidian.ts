export { TAbstractFile, TFile, TFolder } from './vault/files.ts';
export { Vault } from './vault/vault.ts';
export { FileManager } from './vault/file-manager.ts';
export { Events } from './vault/events.ts';
export { normalizePath } from './vault/normalize-path.ts';
