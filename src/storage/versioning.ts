import type { CallOptions, ObjectStore } from './object-store.ts';

/** Whether the cloud itself keeps what is overwritten or deleted. `unknown`: the server, or this key's rights, do not tell. */
export type Versioning = 'on' | 'off' | 'unknown';

/** What some stores can tell beside the port, for people alone: nothing in syncing depends on it. */
export interface TellsVersioning {
  /** Rejects as the port's methods do. */
  versioning(options?: CallOptions): Promise<Versioning>;
}

export function tellsVersioning(store: ObjectStore): store is ObjectStore & TellsVersioning {
  return 'versioning' in store;
}
