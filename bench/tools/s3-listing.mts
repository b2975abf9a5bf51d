const MAX_KEYS = 1_000;

export interface Listed {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modified: Date;
}

export function xmlText(text: string): string {
  // Control characters and CR have no plain form that a reader would give back unchanged.
  // eslint-disable-next-line no-control-regex -- those are what it looks for
  return text.replace(/[&<>"'\u0000-\u001f]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

/** `Buffer` order is that of S3; that of JavaScript strings differs beyond the basic plane. */
const isAfter = (one: string, other: string): boolean =>
  Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0;

interface Page {
  readonly keys: string[];
  readonly prefixes: string[];
  /** Key or common prefix from after which the next page goes on. */
  readonly last: string;
  readonly isTruncated: boolean;
}

/** One page of a bucket's listing, of version 1 or 2 as `query` asks. */
export function listing(
  objects: ReadonlyMap<string, Listed>,
  sortedKeys: readonly string[],
  query: URLSearchParams,
): string {
  const isSecond = query.get('list-type') === '2';
  const token = query.get('continuation-token');
  const goingOn = token === null ? query.get('start-after') : Buffer.from(token, 'base64url').toString();
  const after = (isSecond ? goingOn : query.get('marker')) ?? '';
  const page = pageOf(sortedKeys, query, after);
  const name = query.get('encoding-type') === 'url' ? urlText : xmlText;
  const contents = page.keys.map((key) => {
    const object = objects.get(key);
    if (object === undefined) throw new Error('the sorted keys are old');
    const about = `<LastModified>${object.modified.toISOString()}</LastModified><ETag>&#34;${object.etag}&#34;</ETag>`;
    return `<Contents><Key>${name(key)}</Key>${about}<Size>${object.sizeBytes}</Size></Contents>`;
  });
  const prefixes = page.prefixes.map(
    (prefix) => `<CommonPrefixes><Prefix>${name(prefix)}</Prefix></CommonPrefixes>`,
  );
  const next = isSecond
    ? `<NextContinuationToken>${Buffer.from(page.last).toString('base64url')}</NextContinuationToken>`
    : `<NextMarker>${name(page.last)}</NextMarker>`;
  return [
    '<ListBucketResult>',
    query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : '',
    `<KeyCount>${page.keys.length + page.prefixes.length}</KeyCount>`,
    `<IsTruncated>${page.isTruncated}</IsTruncated>`,
    page.isTruncated ? next : '',
    ...contents,
    ...prefixes,
    '</ListBucketResult>',
  ].join('');
}

function urlText(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll("'", '%27');
}

function pageOf(sortedKeys: readonly string[], query: URLSearchParams, after: string): Page {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last = '';
  for (let at = firstAfter(sortedKeys, after); at < sortedKeys.length; at += 1) {
    const key = sortedKeys[at] ?? '';
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    // A common prefix stands for all of its keys, on this page or on the one before.
    if (common !== undefined && (common === prefixes.at(-1) || after.startsWith(common))) continue;
    if (keys.length + prefixes.length >= limit) return { keys, prefixes, last, isTruncated: true };
    if (common === undefined) keys.push(key);
    else prefixes.push(common);
    last = common ?? key;
  }
  return { keys, prefixes, last, isTruncated: false };
}

function firstAfter(sortedKeys: readonly string[], after: string): number {
  if (after === '') return 0;
  let low = 0;
  let high = sortedKeys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(sortedKeys[middle] ?? '', after)) high = middle;
    else low = middle + 1;
  }
  return low;
}
