import type { ObjectStore } from '../object-store.ts';
import type { ConditionForm } from './etag.ts';

export interface DetectOptions {
  /** A store that sends tags in that form; closed here after its turn. */
  readonly open: (form: 'quoted' | 'bare') => ObjectStore | Promise<ObjectStore>;
  /** True when conditions hold on that store, also in a race. Its rejection passes through. */
  readonly holds: (store: ObjectStore) => Promise<boolean>;
}

/**
 * Which form of `If-Match` this server keeps. The standard's is tried first; a server that wants it
 * bare (Ceph 16) refuses every quoted tag, right ones too, so neither form can pass for the other.
 */
export async function detectConditionForm({ open, holds }: DetectOptions): Promise<ConditionForm> {
  for (const form of ['quoted', 'bare'] as const) {
    const store = await open(form);
    try {
      if (await holds(store)) return form;
    } finally {
      await store.close();
    }
  }
  return 'none';
}
