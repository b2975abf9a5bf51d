import type { ObjectKey } from '../../core/model/ids.ts';
import { throwIfAborted } from '../body.ts';
import { compareKeys } from '../key.ts';
import type { ListedObject, ListOptions, ListPage } from '../object-store.ts';
import type { Now } from '../time.ts';
import { fingerprint, statFile } from './files.mts';
import { PROVIDER } from './translate-error.mts';
import type { VersionedKeys } from './versions.mts';
import { codedKeys, type FoundFile, inRange, type WalkRange, walkPlain } from './walk.mts';

export interface Areas {
  readonly root: string;
  readonly oddFolder: string;
  readonly versions: VersionedKeys;
  readonly clock: Now;
}

const MAX_PAGE = 1000;
/** Stats asked for at once; more only wait in the thread pool. */
const STATS_AT_ONCE = 64;

/** A key that may be an object, and the look at it. */
interface Candidate {
  readonly key: string;
  readonly look: () => Promise<ListedObject | undefined>;
}

/** Pages of the folder's objects; bodies are not read. */
export async function* listFolder(
  areas: Areas,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ListPage> {
  const limit = Math.max(1, Math.min(options.limit ?? MAX_PAGE, MAX_PAGE));
  let objects: ListedObject[] = [];
  let prefixes: string[] = [];
  const page = (): ListPage => ({ objects, prefixes, serverTimeMs: areas.clock.now() });
  let any = false;
  for await (const item of items(areas, prefix, options)) {
    throwIfAborted(options.signal, PROVIDER);
    if (objects.length + prefixes.length === limit) {
      yield page();
      any = true;
      throwIfAborted(options.signal, PROVIDER);
      [objects, prefixes] = [[], []];
    }
    if (typeof item === 'string') prefixes.push(item);
    else objects.push(item);
  }
  if (!any || objects.length + prefixes.length > 0) yield page();
}

/** Objects, and folders as strings, in order. */
async function* items(
  areas: Areas,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ListedObject | string> {
  let folder: string | undefined;
  for await (const object of looked(candidates(areas, { prefix, after: options.startAfter }))) {
    if (folder !== undefined && object.key.startsWith(folder)) continue;
    const cut = options.delimiter === undefined ? -1 : object.key.indexOf('/', prefix.length);
    folder = cut === -1 ? undefined : object.key.slice(0, cut + 1);
    yield folder ?? object;
  }
}

/** Looks at some candidates at once, keeps their order, leaves out what is no object (any more). */
async function* looked(all: AsyncIterable<Candidate>): AsyncGenerator<ListedObject> {
  let batch: Candidate[] = [];
  const flush = async (): Promise<ListedObject[]> => {
    const seen = await Promise.all(batch.map((candidate) => candidate.look()));
    batch = [];
    return seen.filter((object) => object !== undefined);
  };
  for await (const candidate of all) {
    batch.push(candidate);
    if (batch.length === STATS_AT_ONCE) yield* await flush();
  }
  yield* await flush();
}

/** All keys in order; each once: versions count before plain files, those before files under codes. */
async function* candidates(areas: Areas, range: WalkRange): AsyncGenerator<Candidate> {
  const versioned = (await codedKeys(areas.versions.folder)).map(({ key }) => ({
    key,
    look: () => lookAtVersion(areas, key),
  }));
  const odd = (await codedKeys(areas.oddFolder)).map((file) => fileCandidate(areas, file));
  // Sorting is stable, so of equal keys that of the stronger area stays in front.
  const coded = [...versioned, ...odd]
    .filter(({ key }) => inRange(key, range))
    .sort((a, b) => compareKeys(a.key, b.key));
  const strong = new Set(versioned.map(({ key }) => key));
  let next = 0;
  let last: string | undefined;
  for await (const file of walkPlain(areas.root, range)) {
    for (let at = coded[next]; at !== undefined && compareKeys(at.key, file.key) < 0; at = coded[++next]) {
      if (at.key !== last) yield at;
      last = at.key;
    }
    if (file.key === last || strong.has(file.key)) continue;
    yield fileCandidate(areas, file);
    last = file.key;
  }
  for (const rest of coded.slice(next)) {
    if (rest.key !== last) yield rest;
    last = rest.key;
  }
}

function fileCandidate(areas: Areas, file: FoundFile): Candidate {
  const look = async (): Promise<ListedObject | undefined> => {
    const stats = await statFile(file.path);
    // Gone, or turned into versions since the walk saw it.
    if (stats === undefined) return lookAtVersion(areas, file.key);
    return {
      key: file.key as ObjectKey,
      sizeBytes: stats.size,
      etag: fingerprint(stats.size, stats),
      lastModifiedMs: Math.floor(stats.mtimeMs),
    };
  };
  return { key: file.key, look };
}

async function lookAtVersion(areas: Areas, key: string): Promise<ListedObject | undefined> {
  const version = await areas.versions.current(key);
  if (version === undefined || version.deleted) return undefined;
  const { sizeBytes, etag, lastModifiedMs } = version;
  return { key: key as ObjectKey, sizeBytes, etag, lastModifiedMs };
}
