import { MAIN } from '../../core/model/backup-place.ts';
import type { CommitId } from '../../core/model/ids.ts';
import { lineageName, MAX_FORMER } from '../../core/model/succession.ts';
import type { CommitStamp, Head } from '../../core/model/head.ts';
import { seatKey } from '../../core/format/keys.ts';
import { appendLog } from '../../core/model/ancestry.ts';
import { EngineError, type Backup, type EngineDeps } from '../api.ts';
import { orAbsent, type Cloud } from '../cloud/cloud.ts';
import { StateChanges, type DeviceState } from '../state.ts';

/** Another cloud has taken over: what lies here is a copy of what it has, or a line that it left behind. */
export class MovedError extends EngineError {
  /** Of the line that took over. */
  readonly head: Head;
  /** Where that is, if it is known; and whether all that was asked for had been done before it was found. */
  readonly found: { readonly to: string; readonly isDone: boolean } | undefined;

  constructor(head: Head, found?: MovedError['found']) {
    super(
      'moved',
      'This vault has moved: another of its clouds was made the one that has authority, and this device does not know it or cannot reach it. Nothing was changed. Name that cloud as a backup (twincloud backup add NAME REMOTE), or, if it is gone for good, go on here: twincloud promote main.',
    );
    this.head = head;
    this.found = found;
  }
}

/** All clouds of the vault, in the order of the settings. */
export function allPlaces(deps: EngineDeps): readonly Backup[] {
  return [{ name: deps.primary ?? MAIN, store: deps.store }, ...(deps.backups ?? [])];
}

/** The name of the cloud that has authority, as far as this device knows. */
export async function currentPlace(state: DeviceState): Promise<string> {
  return (await state.meta('primary')) ?? MAIN;
}

/** `deps` with that cloud as the store, and all others as its backups. */
export async function placed(deps: EngineDeps, state: DeviceState): Promise<EngineDeps> {
  const name = await currentPlace(state);
  if (name === MAIN) return deps;
  const places = allPlaces(deps);
  const current = places.find((place) => place.name === name);
  if (current === undefined) {
    throw new EngineError(
      'moved',
      `This vault’s cloud is now the backup "${name}", which the settings no longer name. Add it again: twincloud backup add ${name} REMOTE. Nothing was changed.`,
    );
  }
  const backups = places.filter((place) => place !== current);
  return { ...deps, primary: name, store: current.store, backups };
}

/**
 * From now on the cloud of this name has authority. What was remembered of the former one's tags and of its
 * readable copy goes; the base and the last commit seen stay, and say what the new one's head means.
 */
export async function moveTo(deps: EngineDeps, state: DeviceState, name: string): Promise<void> {
  const known = await state.meta('head');
  const changes = new StateChanges()
    .clear('projected')
    .meta('primary', name === MAIN ? undefined : name)
    .meta('settled', undefined)
    .meta('seal', undefined)
    .meta('backups', undefined)
    .meta('surplus', undefined)
    .meta('lastAuditMs', undefined);
  // No store gives this tag.
  if (known !== undefined) changes.meta('head', { etag: '', head: known.head });
  await state.write(changes);
  deps.log.write('warn', 'moved', { to: name });
}

/** Whether this cloud may be committed to: a head of a promoted lineage also lies on all its backups. */
export async function hasSeat(cloud: Cloud, head: Pick<Head, 'lineage' | 'former'>): Promise<boolean> {
  if (head.former === undefined) return true;
  return (await orAbsent(cloud.store.head(seatKey(head.lineage), cloud.options))) !== undefined;
}

interface Promoter {
  readonly deps: EngineDeps;
  readonly place: number;
  readonly timeMs: number;
}

/** The first head of a lineage that takes over from `head`: a commit that changes nothing. */
export function successorOf(head: Head, { deps, place, timeMs }: Promoter): Head {
  const commit = deps.random.hex(16) as CommitId;
  const { id: device, name: deviceName } = deps.device;
  const generation = head.generation + 1;
  const stamp: CommitStamp = { commit, generation, device, deviceName, timeMs };
  return {
    ...head,
    lineage: lineageName(place, deps.random.hex(32)),
    parent: { lineage: head.lineage, commit: head.commit },
    former: [...(head.former ?? []), head.lineage].slice(-MAX_FORMER),
    generation,
    commit,
    log: appendLog(head.log, commit),
    delta: [...head.delta, { ...stamp, entries: [] }],
    // Another cloud has another clock: the list waits its day by this one.
    ...(head.condemned === undefined
      ? {}
      : { condemned: { ...head.condemned, atMs: Math.round(Math.max(timeMs, head.condemned.atMs)) } }),
  };
}
