import { headKey } from '../../../src/core/format/keys.ts';
import type { SyncReport } from '../../../src/engine/api.ts';
import type { Device } from '../device.ts';
import type { Violation } from '../violation.ts';

export interface IdleRun {
  readonly device: Device;
  readonly report: SyncReport | undefined;
  readonly requests: readonly { readonly method: string; readonly key: string }[];
  readonly writes: number;
}

/** I3: a sync with nothing to do is one GET of the head and no write anywhere. */
export function idleIsOneGet({ device, requests, writes }: IdleRun): Violation[] {
  const [only] = requests;
  if (requests.length === 1 && only?.method === 'get' && only.key === headKey && writes === 0) return [];
  const shown = requests.map(({ method, key }) => `${method} ${key}`).join(', ');
  return [
    {
      invariant: 'I3',
      message: `${device.short}: an idle sync made ${String(writes)} writes and asked for ${shown}`,
    },
  ];
}

/** I4: a sync right after one that was complete does nothing. */
export function repeatedIsNothing({ device, report }: IdleRun): Violation[] {
  if (report === undefined || report.events.length === 0) return [];
  const shown = report.events.map((event) => `${event.kind} ${event.path}`).join(', ');
  return [{ invariant: 'I4', message: `${device.short}: a sync with nothing to do did: ${shown}` }];
}
