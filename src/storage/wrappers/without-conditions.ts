import type { ObjectStore } from '../object-store.ts';
import { intercept } from './intercept.ts';

/** A server that ignores conditions can hold a backup; it is never asked for one. */
export function withoutConditions(store: ObjectStore): ObjectStore {
  const { capabilities } = store;
  return {
    ...intercept(store, (call, run) => run(call.signal)),
    capabilities: { ...capabilities, conditionalPut: false },
  };
}
