import { CLOUD_FOLDER, classifyKey, headKey } from '../../core/format/keys.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { VaultKey } from './vault-key.ts';

/** How names of objects are sealed, and which an encrypted cloud keeps. */
export interface SealedNames {
  /** Where the object lies sealed; `undefined`: it keeps none of that name. */
  sealedKey(vaultKey: VaultKey, key: string): ObjectKey | undefined;
  /** The other way; `undefined`: no object that this key sealed. */
  plainKeyOf(vaultKey: VaultKey, sealed: string): ObjectKey | undefined;
  /** Below which the objects lie whose plain keys begin with `prefix`. */
  sealedPrefix(prefix: string): string;
}

/** Those of a vault: its own objects and nothing else. */
export const VAULT_NAMES: SealedNames = { sealedKey, plainKeyOf, sealedPrefix };

const SEALED_FOLDER = `${CLOUD_FOLDER}sealed/`;
/** Folder of the plain layout, and so the one of the sealed. */
const FOLDERS = ['deltas', 'shards', 'packs', 'blobs', 'roots', 'devices', 'seats'] as const;

/** `undefined` for what an encrypted vault does not keep: the readable copy, and what is foreign. */
function sealedKey(vaultKey: VaultKey, key: string): ObjectKey | undefined {
  if (key === headKey) return headKey;
  const kind = classifyKey(key);
  if (kind === 'plain' || kind === 'foreign') return undefined;
  const [, folder = '', ...rest] = key.split('/');
  return `${SEALED_FOLDER}${folder}/${vaultKey.sealName(folder, rest.join('/'))}` as ObjectKey;
}

function plainKeyOf(vaultKey: VaultKey, sealed: string): ObjectKey | undefined {
  if (sealed === headKey) return headKey;
  if (!sealed.startsWith(SEALED_FOLDER)) return undefined;
  const [folder = '', name = '', ...more] = sealed.slice(SEALED_FOLDER.length).split('/');
  const opened = more.length > 0 ? undefined : vaultKey.openName(folder, name);
  const key = `${CLOUD_FOLDER}${folder}/${opened ?? ''}`;
  return opened === undefined || sealedKey(vaultKey, key) !== sealed ? undefined : (key as ObjectKey);
}

function sealedPrefix(prefix: string): string {
  const folder = FOLDERS.find((one) => prefix.startsWith(`${CLOUD_FOLDER}${one}/`));
  return folder === undefined ? CLOUD_FOLDER : `${SEALED_FOLDER}${folder}/`;
}
