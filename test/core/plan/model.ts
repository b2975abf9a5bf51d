import { conflictCopyName, isConflictCopyOf } from '../../../src/core/conflict/copy-name.ts';
import type { Entry, FileEntry } from '../../../src/core/model/entry.ts';
import { EMPTY_HASH, shortHash, type ContentHash, type DeviceId } from '../../../src/core/model/ids.ts';
import { foldPath, folderOf, isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import {
  liveEntry,
  type Action,
  type Plan,
  type PlanInput,
  type PlanPolicy,
  type SkippedRow,
} from '../../../src/core/plan/plan.ts';
import { plan } from '../../../src/core/plan/planner.ts';

/** A vault, a cloud and what the device remembers; actions change it in place. */
export interface World {
  readonly local: Map<VaultPath, ContentHash>;
  readonly base: Map<VaultPath, ContentHash>;
  readonly remote: Map<VaultPath, Entry>;
  readonly skipped: Map<VaultPath, SkippedRow>;
  readonly unknown: ReadonlyMap<VaultPath, string>;
  readonly trash: Set<ContentHash>;
  readonly fresh: boolean;
  readonly policy: PlanPolicy;
  /** The disk tells `A` from `a`. */
  readonly mindsCase: boolean;
}

/** Thrown when an action meets what it must never meet, in whatever order actions came. */
export class ModelError extends Error {}

export const POLICY: PlanPolicy = {
  inScope: () => true,
  nameProblem: () => undefined,
  deviceName: 'Phone',
  timeMs: Date.UTC(2026, 7, 1, 10, 30),
};

/** Contents by one letter; `-` is the contents of nothing. */
export function hash(letter: string): ContentHash {
  return letter === '-' ? EMPTY_HASH : (letter.repeat(64) as ContentHash);
}

export function path(text: string): VaultPath {
  return text as VaultPath;
}

export function live(
  text: string,
  letter: string,
  more: { readonly prev?: string; readonly from?: string } = {},
): FileEntry {
  return {
    path: path(text),
    hash: hash(letter),
    sizeBytes: letter === '-' ? 0 : 1,
    mtimeMs: 0,
    generation: 1,
    device: 'd' as DeviceId,
    prev: Array.from(more.prev ?? '').map((one) => shortHash(hash(one))),
    ...(more.from === undefined ? {} : { from: path(more.from) }),
  };
}

export function dead(text: string, letter: string, to?: string): Entry {
  return {
    path: path(text),
    deleted: true,
    hash: hash(letter),
    generation: 1,
    device: 'd' as DeviceId,
    timeMs: 0,
    sizeBytes: 1,
    ...(to === undefined ? {} : { to: path(to) }),
  };
}

export function world(
  sides: {
    readonly local?: Readonly<Record<string, string>>;
    readonly base?: Readonly<Record<string, string>>;
    readonly remote?: readonly Entry[];
  },
  more: Partial<Pick<World, 'skipped' | 'unknown' | 'fresh' | 'policy'>> = {},
): World {
  const hashes = (letters: Readonly<Record<string, string>> = {}): Map<VaultPath, ContentHash> =>
    new Map(Object.entries(letters).map(([name, letter]) => [path(name), hash(letter)]));
  const local = hashes(sides.local);
  const names = [...local.keys()];
  return {
    local,
    // Only such a disk can hold two spellings.
    mindsCase: names.some((one) => names.some((other) => clash(one, other))),
    base: hashes(sides.base),
    remote: new Map(sides.remote?.map((entry) => [entry.path, entry])),
    skipped: new Map(more.skipped),
    unknown: more.unknown ?? new Map(),
    trash: new Set(),
    fresh: more.fresh ?? false,
    policy: more.policy ?? POLICY,
  };
}

export function copyOf(from: World): World {
  return {
    ...from,
    local: new Map(from.local),
    base: new Map(from.base),
    remote: new Map(from.remote),
    skipped: new Map(from.skipped),
    trash: new Set(from.trash),
  };
}

export function inputOf({ local, base, remote, skipped, unknown, fresh, policy }: World): PlanInput {
  const files = new Map(
    [...local].map(([at, contents]) => [at, { hash: contents, sizeBytes: 1, mtimeMs: 0 }]),
  );
  const rows = new Map([...base].map(([path, hash]) => [path, { hash }]));
  return { local: { files, unknown }, base: rows, remote, skipped, fresh, policy };
}

export function planOf(from: World): Plan {
  return plan(inputOf(from));
}

/** What any two orders of the same actions must agree on. */
export function stateOf({ local, base, remote, skipped, trash }: World): string {
  const sorted = (rows: Iterable<readonly [string, unknown]>): string =>
    JSON.stringify([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
  return [
    sorted(local),
    sorted(base),
    sorted(remote),
    sorted(skipped),
    JSON.stringify([...trash].sort()),
  ].join('\n');
}

export function apply(to: World, action: Action): void {
  switch (action.kind) {
    case 'adopt-base':
      to.base.set(action.path, action.hash);
      return;
    case 'drop-base':
      to.base.delete(action.path);
      return;
    case 'skip':
      to.skipped.set(action.path, action.row);
      return;
    case 'upload':
      expectLocal(to, action.path, action.hash);
      commit(to, { ...entryOf(action.path, action.hash), prev: action.prev });
      to.base.set(action.path, action.hash);
      return;
    case 'tombstone':
      expectRemote(to, action.last);
      to.remote.set(action.path, tombstoneOf(action.last));
      to.base.delete(action.path);
      return;
    case 'move-remote':
      moveInCloud(to, action);
      return;
    case 'download':
      download(to, action);
      return;
    case 'trash':
      // A folder goes only if it is empty still, and that is for the disk to say.
      if (!isFolder(action.path)) expectLocal(to, action.path, action.expected);
      if (!isFolder(action.path)) to.trash.add(action.expected);
      to.local.delete(action.path);
      to.base.delete(action.path);
      return;
    case 'move-local':
      moveHere(to, action);
      return;
    case 'resolve':
      keepBoth(to, action);
      return;
  }
}

function download(to: World, { path: at, entry, expected }: Extract<Action, { kind: 'download' }>): void {
  expectLocal(to, at, expected === 'absent' ? undefined : expected);
  expectRemote(to, entry);
  put(to, at, entry.hash);
  to.base.set(at, entry.hash);
}

function moveInCloud(to: World, action: Extract<Action, { kind: 'move-remote' }>): void {
  const { from, to: target, content, source } = action;
  expectRemote(to, source);
  const contents = content.side === 'local' ? content.hash : source.hash;
  if (content.side === 'local') expectLocal(to, target, content.hash);
  to.remote.set(from, tombstoneOf(source, target));
  const prev = contents === source.hash ? source.prev : [shortHash(source.hash), ...source.prev];
  commit(to, { ...entryOf(target, contents), prev, from });
  const base = content.side === 'local' ? content.hash : to.base.get(from);
  to.base.delete(from);
  setBase(to, target, base);
}

function moveHere(
  to: World,
  { from, to: target, expected, base }: Extract<Action, { kind: 'move-local' }>,
): void {
  expectLocal(to, from, expected);
  to.local.delete(from);
  expectLocal(to, target, undefined);
  put(to, target, expected);
  to.base.delete(from);
  setBase(to, target, base);
}

/** Always the conflict copy: whether a merge is clean is no matter of the plan. */
function keepBoth(to: World, { path: at, local, remote }: Extract<Action, { kind: 'resolve' }>): void {
  expectLocal(to, at, local);
  const copy = [...to.local].find(
    ([other, contents]) =>
      contents === local && folderOf(other) === folderOf(at) && isConflictCopyOf(other, at),
  );
  if (copy === undefined) {
    const taken = new Set([...to.local.keys(), ...to.remote.keys()].map(foldPath));
    const details = { ...to.policy, hash: local };
    put(
      to,
      conflictCopyName(at, details, (name) => taken.has(foldPath(name))),
      local,
    );
  }
  download(to, { kind: 'download', path: at, entry: remote, expected: local, reason: '' });
}

function entryOf(at: VaultPath, contents: ContentHash): FileEntry {
  return { ...live(at, '-'), hash: contents };
}

function tombstoneOf(last: FileEntry, target?: VaultPath): Entry {
  return { ...dead(last.path, '-', target), hash: last.hash };
}

function setBase(to: World, at: VaultPath, contents: ContentHash | undefined): void {
  if (contents === undefined) to.base.delete(at);
  else to.base.set(at, contents);
}

function put(to: World, at: VaultPath, contents: ContentHash): void {
  if (!to.local.has(at)) {
    expectRoom(
      at,
      [...to.local.keys()].filter((other) => !to.mindsCase || isNested(at, other)),
      'the vault',
    );
    if (to.policy.nameProblem(at) !== undefined) throw new ModelError(`${at} has a refused name`);
  }
  if (to.unknown.has(at)) throw new ModelError(`${at} is unknown`);
  to.local.set(at, contents);
  // A folder that holds something is no empty one.
  for (let above = folderOf(at); above !== ''; above = folderOf(path(above))) to.local.delete(path(above));
}

function commit(to: World, entry: FileEntry): void {
  const others = [...to.remote.keys()].filter((other) => liveEntry(to.remote, other) !== undefined);
  if (!others.includes(entry.path)) expectRoom(entry.path, others, 'the cloud');
  to.remote.set(entry.path, entry);
}

/** No other spelling, and no file where a folder must be. */
function expectRoom(at: VaultPath, others: readonly VaultPath[], where: string): void {
  for (const other of others) if (clash(at, other)) throw new ModelError(`${at} meets ${other} in ${where}`);
}

/** Whether one is a file and the other lies in a folder of its name. */
function isNested(one: VaultPath, other: VaultPath): boolean {
  return other.startsWith(`${one}/`) || one.startsWith(`${other}/`);
}

/** Whether some systems could not keep both. */
export function clash(one: VaultPath, other: VaultPath): boolean {
  const [a, b] = [foldPath(one), foldPath(other)];
  if (a === b) return one !== other;
  return (!isFolder(one) && b.startsWith(`${a}/`)) || (!isFolder(other) && a.startsWith(`${b}/`));
}

function expectLocal(to: World, at: VaultPath, contents: ContentHash | undefined): void {
  if (to.local.get(at) !== contents) throw new ModelError(`${at} is not what was expected here`);
}

function expectRemote(to: World, entry: FileEntry): void {
  if (to.remote.get(entry.path) !== entry)
    throw new ModelError(`${entry.path} is not what was expected in the cloud`);
}
