import type { ObjectStore } from '../../storage/object-store.ts';
import { EngineError } from '../api.ts';

/** Stands for a backup that could not be opened, for its keys are not there, say: each call tells why. */
export function unopenedStore(why: string): ObjectStore {
  const fail = (): Promise<never> => Promise.reject(new EngineError('cloud', why));
  return {
    capabilities: {
      conditionalPut: false,
      serverCopy: false,
      listingHash: 'none',
      maxSinglePutBytes: 0,
      writesPerSecondPerKey: 1,
    },
    get: fail,
    put: fail,
    copy: fail,
    delete: fail,
    head: fail,
    list: () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) }),
    close: () => Promise.resolve(),
  };
}
