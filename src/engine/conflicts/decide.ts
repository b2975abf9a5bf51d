import { keptCopyName } from '../../core/conflict/copy-name.ts';
import type { OpenConflict } from '../../core/conflict/open-conflicts.ts';
import type { FileEntry } from '../../core/model/entry.ts';
import { shortHash, type ContentHash } from '../../core/model/ids.ts';
import { isLive } from '../../core/model/tree.ts';
import { foldPath, type VaultPath } from '../../core/model/vault-path.ts';
import { EngineError, type ConflictDecision } from '../api.ts';
import { commitActions } from '../execute/commit-phase.ts';
import type { Decided, DecidedWrite } from '../execute/commit-steps.ts';
import type { Run } from '../execute/run.ts';
import type { Task } from '../execute/task.ts';
import { conflictIsOver } from './read.ts';
import { newResolution } from './remember.ts';
import type { Resolution } from './resolution.ts';

interface Sides {
  readonly conflict: OpenConflict;
  readonly note: FileEntry;
  readonly copy: FileEntry;
}

/** Commits what a person decided about a conflict. Vault and cloud are in step when it is called. */
export function decide(decision: ConflictDecision): Task {
  return async (run, writer) => {
    const conflict = run.conflictRows.find(({ copy }) => copy === decision.copy);
    if (conflict === undefined) throw conflictIsOver(decision.copy);
    const note = asSeen(run, conflict.path, decision.seen.note);
    const copy = asSeen(run, conflict.copy, decision.seen.copy);
    const action = await decided(run, { conflict, note, copy }, decision.take);
    return commitActions(run, writer, [action]);
  };
}

/** The cloud's entry, which is also what stands here. Throws with kind `changed` where one of them is another. */
export function asSeen(run: Run, path: VaultPath, seen: ContentHash): FileEntry {
  const entry = run.view?.tree.get(path);
  const isHere = run.local.files.get(path)?.hash === seen && run.base.get(path)?.hash === seen;
  if (entry !== undefined && isLive(entry) && entry.hash === seen && isHere) return entry;
  throw new EngineError('changed', `${path} has changed since. Look at it again; nothing was decided.`);
}

async function decided(run: Run, sides: Sides, take: ConflictDecision['take']): Promise<Decided> {
  const { conflict, note, copy } = sides;
  const { path } = conflict;
  if (take.kind === 'both') {
    const keptAs = freeName(run, conflict);
    const resolution = settled(run, sides, { result: note.hash, keptAs });
    const { hash, sizeBytes, prev, mtimeMs } = copy;
    const write = { path: keptAs, hash, sizeBytes, bytes: undefined, prev, mtimeMs, from: conflict.copy };
    const event = {
      kind: 'resolved',
      path,
      other: keptAs,
      reason: 'both are kept',
      undo: resolution.id,
    } as const;
    return {
      kind: 'decided',
      path,
      writes: [write],
      removes: [{ entry: copy, to: keptAs }],
      event,
      resolution,
    };
  }
  const write = await newNote(run, sides, take);
  const resolution = settled(run, sides, { result: write?.hash ?? note.hash });
  const event = { kind: 'resolved', path, reason: REASONS[take.kind], undo: resolution.id } as const;
  const writes = write === undefined ? [] : [write];
  return { kind: 'decided', path, writes, removes: [{ entry: copy }], event, resolution };
}

const REASONS = {
  note: 'the note stays as it is',
  copy: 'the copy takes its place',
  text: 'from both versions',
} as const;

/** `undefined` where the note stays as it is. */
async function newNote(
  run: Run,
  { note, copy }: Sides,
  take: Exclude<ConflictDecision['take'], { readonly kind: 'both' }>,
): Promise<DecidedWrite | undefined> {
  if (take.kind === 'note') return undefined;
  const isText = take.kind === 'text';
  const hash = isText ? await run.deps.hashing.sha256(take.bytes) : copy.hash;
  if (hash === note.hash) return undefined;
  return {
    path: note.path,
    hash,
    sizeBytes: isText ? take.bytes.length : copy.sizeBytes,
    bytes: isText ? take.bytes : undefined,
    prev: [shortHash(note.hash), ...note.prev],
    mtimeMs: isText ? run.cloud.nowMs() : copy.mtimeMs,
  };
}

function settled(
  run: Run,
  { conflict, note, copy }: Sides,
  end: Pick<Resolution, 'result' | 'keptAs'>,
): Resolution {
  const { path, base, noteDevice, copyDevice } = conflict;
  return newResolution(run, {
    ...end,
    how: 'by-hand',
    path,
    copy: conflict.copy,
    note: note.hash,
    other: copy.hash,
    otherDevice: copyDevice,
    ...(base === undefined ? {} : { base }),
    ...(noteDevice === undefined ? {} : { noteDevice }),
  });
}

function freeName(run: Run, { path, copyDevice }: OpenConflict): VaultPath {
  const taken = new Set([...run.local.files.keys(), ...(run.view?.tree.keys() ?? [])].map(foldPath));
  const isTaken = (name: VaultPath): boolean => taken.has(foldPath(name)) || run.local.unknown.has(name);
  return keptCopyName(path, copyDevice, isTaken);
}
