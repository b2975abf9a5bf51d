import type { SyncEvent } from '../../engine/api.ts';
import type { Log, LogLevel } from '../../engine/ports.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { LogEntry } from '../service.ts';
import { TEXTS } from '../texts.ts';
import type { LogRing } from './log-ring.ts';

const EVENTS: ReadonlySet<string> = new Set<SyncEvent['kind']>([
  'uploaded',
  'deleted-in-cloud',
  'renamed-in-cloud',
  'downloaded',
  'trashed',
  'renamed-here',
  'merged',
  'conflict-copy',
  'kept-edit',
  'imported',
  'repaired',
  'newest-won',
  'resolved',
  'reopened',
]);

type Fields = Readonly<Record<string, string | number | boolean>>;

/** What the engine says as it goes, in words for the log that people read. */
export class EngineLog implements Log {
  readonly #ring: LogRing;
  readonly #now: () => number;

  constructor(ring: LogRing, now: () => number) {
    this.#ring = ring;
    this.#now = now;
  }

  write(level: LogLevel, event: string, fields: Fields = {}): void {
    if (level === 'debug') return;
    this.#ring.add(entryOf(this.#now(), level, event, fields));
  }
}

function entryOf(timeMs: number, level: LogEntry['level'], kind: string, fields: Fields): LogEntry {
  if (!EVENTS.has(kind)) {
    const detail = Object.entries(fields)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
    return { timeMs, level, text: TEXTS.sync.log.note(kind, detail) };
  }
  const { path = '', other, reason = '', undo } = fields;
  const event: SyncEvent = {
    kind: kind as SyncEvent['kind'],
    path: String(path) as VaultPath,
    reason: String(reason),
    ...(other === undefined ? {} : { other: String(other) as VaultPath }),
    ...(undo === undefined ? {} : { undo: String(undo) }),
  };
  return { timeMs, level, text: TEXTS.sync.event(event), event };
}
