import { createHash } from 'node:crypto';
import { nodeClock } from '../../../src/cli/platform/clock.mts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { withLimit } from '../../../src/storage/wrappers/with-limit.ts';
import { Meter, withMetering } from '../../../src/storage/wrappers/with-metering.ts';
import { withPrefix } from '../../../src/storage/wrappers/with-prefix.ts';
import { withRetry } from '../../../src/storage/wrappers/with-retry.ts';
import { withTimeout } from '../../../src/storage/wrappers/with-timeout.ts';
import { wrapped } from '../../../src/storage/wrappers/wrapped.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FaultyStore, whenever } from '../../support/faulty-store.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { describeObjectStore, type StoreSubject } from './suite.ts';

// Node's own is ten times as fast, and every subject hashes all bodies of the suite.
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

type Wrap = (store: ObjectStore) => ObjectStore;

const impatient = (): { timer: FakeClock; jitter: SeededRandom } => ({
  timer: new FakeClock({ auto: true }),
  jitter: new SeededRandom(1),
});

const WRAPS: Readonly<Record<string, Wrap>> = {
  'retry over memory': (store) => withRetry(store, impatient()),
  'retry over memory that fails one call in three': (store) => {
    const random = new SeededRandom(3);
    // A conditional put is nobody's to repeat, so only others fail.
    const failing = whenever(({ conditional }) => !conditional && random.chance(0.3), {
      kind: 'fail-before',
    });
    return withRetry(new FaultyStore(store, failing), impatient(), { tries: 30, totalMs: 1e9 });
  },
  'a limit of 16 over memory': (store) => withLimit(store, 16),
  'a limit of 1 over memory': (store) => withLimit(store, 1),
  'a time limit over memory': (store) => withTimeout(store, new FakeClock()),
  'a meter over memory': (store) => withMetering(store, new Meter()),
  'a prefix over memory': (store) => withPrefix(store, 'vaults/ü/'),
  'all of them over memory': (store) =>
    wrapped(store, {
      prefix: 'notes/',
      meters: [new Meter()],
      connections: 8,
      timer: nodeClock,
      jitter: new SeededRandom(1),
      patience: { baseDelayMs: 1 },
    }),
};

for (const [name, wrap] of Object.entries(WRAPS)) {
  const prefixed = name.startsWith('a prefix') || name.startsWith('all');
  const subject: StoreSubject = {
    capabilities: { conditionalPut: true, serverCopy: true, listingHash: 'md5' },
    ...(prefixed ? { lacks: { 'long-keys': 'the prefix takes its share of the 1,024 bytes' } } : {}),
    open: () => {
      const store = wrap(new MemoryStore({ clock: Date, md5 }));
      return Promise.resolve({ store, close: () => store.close() });
    },
  };
  describeObjectStore(name, subject);
}
