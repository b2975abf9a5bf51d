import type { Settings } from './settings/model.ts';

/** Where the vault is kept, without the keys. */
export interface CloudItem {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
  readonly pathStyle: boolean;
}

/** What a link asks for. What it does not name is absent. */
export type SetupItems = { readonly cloud: CloudItem } & Partial<Omit<Settings, 's3' | 'ai'>>;
export type SetupItemKey = keyof SetupItems;
