import type { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { StateError, type StateStore, type StateTable, type StateWrite } from '../../../src/engine/ports.ts';
import type { PortHost } from './host.ts';

const FAULTS = ['disk-full'] as const;
/** The connection is lost before or after the write has become durable. */
const WIDE_FAULTS = [...FAULTS, 'lost', 'lost-after'] as const;

/** What the device remembers: reads answer at once, every write waits for the driver. */
export class SimState implements StateStore {
  readonly damaged: string | undefined;
  readonly #host: PortHost;
  readonly #inner: MemoryState;

  constructor(host: PortHost, inner: MemoryState) {
    this.#host = host;
    this.#inner = inner;
    this.damaged = inner.damaged;
  }

  rows(table: StateTable): Promise<Map<string, unknown>> {
    return this.#inner.rows(table);
  }

  write(batch: readonly StateWrite[], options?: { readonly clear?: readonly StateTable[] }): Promise<void> {
    // The port takes the batch as it is now, not as the caller may leave it later.
    const copy = [...batch];
    return this.#host.step(
      {
        port: 'state',
        method: 'write',
        detail: summary(copy),
        faults: this.#host.wide ? WIDE_FAULTS : FAULTS,
      },
      async (fault) => {
        if (fault === undefined || fault === 'lost-after') {
          await this.#inner.write(copy, options);
          this.#host.onStateWrite(copy, options?.clear ?? []);
        }
        if (fault === 'disk-full') throw new StateError('disk-full', 'as the simulation wants it');
        if (fault !== undefined) throw new StateError('unexpected', 'the connection is lost');
      },
    );
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** `base×2 intents×1` */
function summary(batch: readonly StateWrite[]): string {
  const counts = new Map<string, number>();
  for (const { table } of batch) counts.set(table, (counts.get(table) ?? 0) + 1);
  return [...counts].map(([table, count]) => `${table}×${String(count)}`).join(' ');
}
