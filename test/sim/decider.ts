import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type {
  ConflictContents,
  ConflictDecision,
  ConflictSide,
  SyncOptions,
  SyncReport,
} from '../../src/engine/api.ts';
import { toBytes, toText } from './bytes.ts';
import type { Device } from './device.ts';
import { fileChange, tokensOf } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { World } from './world.ts';

/** What a person decides: the note as it becomes, and the line that he adds to it himself. */
interface Decided {
  readonly take: ConflictDecision['take'];
  readonly becomes: Uint8Array;
  readonly added?: string;
}

/** A person who resolves conflicts, and takes back what was resolved, at any moment. */
export class Decider {
  readonly #world: World;
  /** Lines that only the decision had, by what takes it back. */
  readonly #added = new Map<string, { readonly path: VaultPath; readonly token: string }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Looks at one open conflict and decides about it; nothing where none is open. Rejects as the engine does. */
  async settle(device: Device, rng: Prng, options: SyncOptions): Promise<SyncReport | undefined> {
    const world = this.#world;
    const engine = world.engineOf(device);
    const open = await engine.conflicts();
    if (open.length === 0) return undefined;
    const { copy, path } = rng.pick(open);
    const contents = await engine.readConflict(copy, options.signal);
    const { take, becomes, added } = this.#decided(device, contents, rng);
    world.trace.add(`${device.short} user decides ${copy}: ${take.kind}`);
    world.reach(`decision: ${take.kind}`);
    this.#account(device, contents, { take, becomes });
    if (added !== undefined) world.ledger.mayComeTrue(added);
    const seen = { note: contents.note.hash, copy: contents.copy.hash };
    const report = await engine.resolveConflict({ copy, seen, take }, options);
    if (added !== undefined) world.ledger.cameTrue(added);
    const id = report.events.find(({ kind }) => kind === 'resolved')?.undo;
    if (id === undefined) return report;
    world.reach('decision: committed');
    if (added !== undefined) this.#added.set(id, { path, token: added });
    // The version that a person has turned down; the other ways keep it.
    if (take.kind === 'note' || take.kind === 'text')
      world.settled.set(id, { stem: path, hash: contents.copy.hash });
    return report;
  }

  /** Takes back one of the resolutions that this device has told of. Rejects as the engine does. */
  async undo(device: Device, rng: Prng, options: SyncOptions): Promise<SyncReport> {
    const world = this.#world;
    const id = rng.pick(device.undoable);
    world.trace.add(`${device.short} user takes back ${id}`);
    world.settled.delete(id);
    this.#takesAway(device, id);
    const report = await world.engineOf(device).undoResolution(id, options);
    device.undoable = device.undoable.filter((one) => one !== id);
    if (report.events.some(({ kind }) => kind === 'reopened')) world.reach('decision: taken back');
    return report;
  }

  #takesAway(device: Device, id: string): void {
    const added = this.#added.get(id);
    if (added === undefined) return;
    // Also where the decision has not come to this vault yet: it may be in the cloud alone.
    this.#world.ledger.mayComeTrue(added.token);
    const before = device.files().get(added.path);
    if (before === undefined) return;
    const after = toBytes(toText(before).replace(addedLine(added.token), ''));
    this.#changed(device, added.path, [fileChange(before, after)]);
  }

  #decided(device: Device, { conflict, note, copy }: ConflictContents, rng: Prng): Decided {
    const [ours, theirs] = [bytesOf(note), bytesOf(copy)];
    // Lines of two canvases make none.
    const isText = !conflict.path.endsWith('.canvas') && ![ours, theirs].some((bytes) => bytes.includes(0));
    const kind = rng.weighted({ note: 2, copy: 2, both: 3, text: isText ? 4 : 0, edited: isText ? 3 : 0 });
    if (kind === 'note' || kind === 'both') return { take: { kind }, becomes: ours };
    if (kind === 'copy') return { take: { kind }, becomes: theirs };
    const lines = toText(ours).split('\n');
    const union = [...lines.filter((line) => line !== '')];
    for (const line of toText(theirs).split('\n')) if (line !== '' && !lines.includes(line)) union.push(line);
    const added = kind === 'edited' ? this.#world.ledger.nextToken(device.short) : undefined;
    if (added !== undefined) union.push(addedLine(added));
    const becomes = toBytes(union.map((line) => `${line}\n`).join(''));
    return { take: { kind: 'text', bytes: becomes }, becomes, ...(added === undefined ? {} : { added }) };
  }

  /** What is not taken over is taken away knowingly, and so is the copy. */
  #account(device: Device, { conflict, note, copy }: ConflictContents, { take, becomes }: Decided): void {
    const [ours, theirs] = [bytesOf(note), bytesOf(copy)];
    device.lost(conflict.copy);
    if (take.kind === 'both') return;
    this.#changed(device, conflict.path, [fileChange(ours, becomes), fileChange(theirs, undefined)]);
  }

  #changed(device: Device, path: VaultPath, files: readonly ReturnType<typeof fileChange>[]): void {
    const gone = new Set(files.flatMap(({ before }) => (before === undefined ? [] : [before])));
    const others = [...device.files().values()].filter(
      (bytes) => ![...gone].some((one) => isSame(one, bytes)),
    );
    this.#world.ledger.userChanged({
      writer: device.short,
      path,
      files,
      elsewhere: (token) => others.some((bytes) => tokensOf(bytes).has(token)),
    });
  }
}

function addedLine(token: string): string {
  return `decided ${token}`;
}

/** The simulation has no file that is too large to be shown. */
function bytesOf({ bytes }: ConflictSide): Uint8Array {
  if (bytes === undefined) throw new Error('a side of a conflict came without its contents');
  return bytes;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
