import type { Entry, FileEntry, Projection, Tombstone } from '../../core/model/entry.ts';
import { MAX_PREV } from '../../core/model/entry.ts';
import { shortHash, type ContentHash, type DeviceId } from '../../core/model/ids.ts';
import { isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import type { Action, LocalFile } from '../../core/plan/plan.ts';
import type { SyncEvent } from '../api.ts';
import type { Resolution } from '../conflicts/resolution.ts';
import type { Outgoing, Stored } from '../cloud/content-writer.ts';
import type { BaseChange, BaseRow } from '../state.ts';

/** The local side of a merge that was clean: both texts become versions, the merged one the last. */
export interface MergedText {
  readonly kind: 'merged';
  readonly path: VaultPath;
  readonly local: { readonly hash: ContentHash; readonly bytes: Uint8Array };
  readonly merged: { readonly hash: ContentHash; readonly bytes: Uint8Array };
  readonly remote: FileEntry;
  readonly reason: string;
  readonly resolution: Resolution;
}

/** The local side wins over the cloud's by the vault's strategy. */
export type Winning = Extract<Action, { kind: 'upload' }> & { readonly resolution: Resolution };

/**
 * What a person decided, in one commit. The base stays as it is: what the commit means for this vault is done
 * by the next pass, as if another device had made it.
 */
export interface Decided {
  readonly kind: 'decided';
  readonly path: VaultPath;
  readonly writes: readonly DecidedWrite[];
  readonly removes: readonly { readonly entry: FileEntry; readonly to?: VaultPath }[];
  readonly event: SyncEvent;
  readonly resolution?: Resolution;
}

/** `bytes` may be absent where the cloud has them. */
export interface DecidedWrite extends Pick<Outgoing, 'path' | 'hash' | 'sizeBytes'> {
  readonly bytes: Uint8Array | undefined;
  readonly prev: readonly string[];
  readonly mtimeMs: number;
  readonly from?: VaultPath;
}

export type CommitAction =
  Extract<Action, { kind: 'upload' | 'tombstone' | 'move-remote' }> | Winning | MergedText | Decided;

/** What one action adds to a commit, once its contents are stored. */
export interface CommitStep {
  readonly outgoing: readonly Outgoing[];
  /** `undefined` when contents that it needs could not be stored. */
  readonly build: (stored: ReadonlyMap<ContentHash, Stored>) => BuiltStep | undefined;
}

export interface BuiltStep {
  readonly entries: readonly Entry[];
  /** What the base becomes once the commit is in. */
  readonly base: readonly BaseChange[];
  readonly event?: SyncEvent;
  readonly resolution?: Resolution;
}

export interface StepContext {
  readonly device: DeviceId;
  readonly timeMs: number;
  readonly localFile: (path: VaultPath) => LocalFile | undefined;
  readonly baseRow: (path: VaultPath) => BaseRow | undefined;
  /** Digits of what a new conflict copy comes from. */
  readonly copiedFrom: (path: VaultPath) => string | undefined;
  /** The readable copy of the path, as far as this device knows. */
  readonly projection: (path: VaultPath) => Projection | undefined;
}

export function commitStep(action: CommitAction, context: StepContext): CommitStep {
  switch (action.kind) {
    case 'upload':
      return uploadStep(action, context);
    case 'tombstone':
      return tombstoneStep(action, context);
    case 'move-remote':
      return action.content.side === 'local'
        ? moveLocalContent(action, context)
        : moveRemoteContent(action, context);
    case 'merged':
      return mergedStep(action, context);
    case 'decided':
      return decidedStep(action, context);
  }
}

interface NewFile {
  readonly path: VaultPath;
  readonly hash: ContentHash;
  readonly prev: readonly string[];
  readonly stored: Stored;
  readonly mtimeMs: number;
  readonly from?: VaultPath;
}

/** The commit sets the generation. */
function fileEntry(file: NewFile, context: StepContext): FileEntry {
  const projected = context.projection(file.path);
  return {
    path: file.path,
    hash: file.hash,
    sizeBytes: file.stored.sizeBytes,
    mtimeMs: file.mtimeMs,
    generation: 0,
    device: context.device,
    prev: file.prev.slice(0, MAX_PREV),
    ...(file.stored.at === undefined ? {} : { at: file.stored.at }),
    ...(projected === undefined ? {} : { projected }),
    ...(file.from === undefined ? {} : { from: file.from }),
  };
}

function tombstone(last: FileEntry, context: StepContext, to?: VaultPath): Tombstone {
  const projected = context.projection(last.path) ?? last.projected;
  return {
    path: last.path,
    deleted: true,
    hash: last.hash,
    generation: 0,
    device: context.device,
    timeMs: context.timeMs,
    sizeBytes: last.sizeBytes,
    ...(last.at === undefined ? {} : { at: last.at }),
    ...(projected === undefined ? {} : { projected }),
    ...(to === undefined ? {} : { to }),
  };
}

function row(hash: ContentHash, stored: Stored | undefined): BaseRow {
  return stored?.at === undefined ? { hash } : { hash, at: stored.at };
}

function uploadStep(action: Extract<Action, { kind: 'upload' }> | Winning, context: StepContext): CommitStep {
  const { path, hash, reason } = action;
  const local = context.localFile(path);
  const resolution = 'resolution' in action ? action.resolution : undefined;
  const origin = action.prev.length === 0 ? context.copiedFrom(path) : undefined;
  const prev = origin === undefined ? action.prev : [origin];
  const outgoing = { path, hash, sizeBytes: local?.sizeBytes ?? 0 };
  return {
    outgoing: [outgoing],
    build: (found) => {
      const stored = found.get(hash);
      if (stored === undefined) return undefined;
      const entry = fileEntry({ path, hash, prev, stored, mtimeMs: local?.mtimeMs ?? 0 }, context);
      const base = [{ path, row: row(hash, stored) }];
      if (isFolder(path)) return { entries: [entry], base };
      if (resolution === undefined)
        return { entries: [entry], base, event: { kind: 'uploaded', path, reason } };
      const event = { kind: 'newest-won', path, reason, undo: resolution.id } as const;
      return { entries: [entry], base, event, resolution };
    },
  };
}

function tombstoneStep(
  action: Extract<CommitAction, { kind: 'tombstone' }>,
  context: StepContext,
): CommitStep {
  const { path, last, reason } = action;
  const built: BuiltStep = {
    entries: [tombstone(last, context)],
    base: [{ path }],
    ...(isFolder(path) ? {} : { event: { kind: 'deleted-in-cloud', path, reason } as const }),
  };
  return { outgoing: [], build: () => built };
}

type Move = Extract<CommitAction, { kind: 'move-remote' }>;

function moveLocalContent(action: Move, context: StepContext): CommitStep {
  const { from, to, source, reason } = action;
  const local = context.localFile(to);
  const hash = action.content.side === 'local' ? action.content.hash : source.hash;
  const unchanged = hash === source.hash;
  return {
    outgoing: unchanged ? [] : [{ path: to, hash, sizeBytes: local?.sizeBytes ?? 0 }],
    build: (found) => {
      const stored = unchanged ? { at: source.at, sizeBytes: source.sizeBytes } : found.get(hash);
      if (stored === undefined) return undefined;
      const prev = unchanged ? source.prev : [shortHash(source.hash), ...source.prev];
      const mtimeMs = local?.mtimeMs ?? source.mtimeMs;
      const entry = fileEntry({ path: to, hash, prev, stored, mtimeMs, from }, context);
      return {
        entries: [tombstone(source, context, to), entry],
        base: [{ path: from }, { path: to, row: row(hash, stored) }],
        event: { kind: 'renamed-in-cloud', path: to, other: from, reason },
      };
    },
  };
}

/** The edit made elsewhere goes to the new name; the next pass brings it here as an ordinary change. */
function moveRemoteContent(action: Move, context: StepContext): CommitStep {
  const { from, to, source, reason } = action;
  const base = context.baseRow(from);
  const stored = { at: source.at, sizeBytes: source.sizeBytes };
  const { hash, prev, mtimeMs } = source;
  const built: BuiltStep = {
    entries: [
      tombstone(source, context, to),
      fileEntry({ path: to, hash, prev, stored, mtimeMs, from }, context),
    ],
    base: [{ path: from }, ...(base === undefined ? [] : [{ path: to, row: base }])],
    event: { kind: 'renamed-in-cloud', path: to, other: from, reason },
  };
  return { outgoing: [], build: () => built };
}

/**
 * The local text is committed as a version before the merged one, in one commit: it stays in history,
 * and it is a true base from then on, so that a crash before the local file is replaced is healed by
 * an ordinary download.
 */
function mergedStep(action: MergedText, context: StepContext): CommitStep {
  const { path, local, merged, remote, reason, resolution } = action;
  const mtimeMs = context.localFile(path)?.mtimeMs ?? remote.mtimeMs;
  const outgoing = [local, merged].map(({ hash, bytes }) => ({ path, hash, bytes, sizeBytes: bytes.length }));
  return {
    outgoing,
    build: (found) => {
      const [mine, both] = [found.get(local.hash), found.get(merged.hash)];
      if (mine === undefined || both === undefined) return undefined;
      const prev = [shortHash(remote.hash), ...remote.prev];
      const version = fileEntry({ path, hash: local.hash, prev, stored: mine, mtimeMs }, context);
      const last = { path, hash: merged.hash, prev: [shortHash(local.hash), ...prev], stored: both, mtimeMs };
      return {
        entries: [version, fileEntry(last, context)],
        base: [{ path, row: row(local.hash, mine) }],
        event: { kind: 'merged', path, reason, undo: resolution.id },
        resolution,
      };
    },
  };
}

function decidedStep(action: Decided, context: StepContext): CommitStep {
  const { writes, removes, event, resolution } = action;
  const outgoing = writes.map(({ path, hash, sizeBytes, bytes }): Outgoing => {
    return bytes === undefined ? { path, hash, sizeBytes } : { path, hash, sizeBytes, bytes };
  });
  return {
    outgoing,
    build: (found) => {
      const files: FileEntry[] = [];
      for (const { path, hash, prev, mtimeMs, from } of writes) {
        const stored = found.get(hash);
        if (stored === undefined) return undefined;
        const file = { path, hash, prev, stored, mtimeMs, ...(from === undefined ? {} : { from }) };
        files.push(fileEntry(file, context));
      }
      const gone = removes.map(({ entry, to }) => tombstone(entry, context, to));
      const entries = [...gone, ...files];
      return { entries, base: [], event, ...(resolution === undefined ? {} : { resolution }) };
    },
  };
}
