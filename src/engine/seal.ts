import type { ContentHash } from '../core/model/ids.ts';
import type { EngineDeps } from './api.ts';
import type { VaultListing } from './ports.ts';

/**
 * Left by a sync that looked at every row and found nothing to do and nothing to tell: with the same
 * head and the same listing on the same day the next one would find the same, and need not load a row.
 * Any other write to the device's state breaks it (`DeviceState.write`).
 */
export interface Seal {
  /** Of the head. */
  readonly etag: string;
  /** Each day some files are hashed again, whatever the listing says. */
  readonly day: number;
  /** `listingHash`. */
  readonly listing: ContentHash;
}

/**
 * Of all that a scan judges files by, in the listing's own order: another order costs a look at the
 * rows, no more. `undefined` where something could not be listed, which must be told each time.
 */
export async function listingHash(deps: EngineDeps, listing: VaultListing): Promise<ContentHash | undefined> {
  if (listing.problems.length > 0) return undefined;
  const { files, emptyFolders } = listing;
  // No path holds a NUL.
  const names = [deps.settings.readableCopy ? 'copied' : 'not copied', String(emptyFolders.length)];
  for (const folder of emptyFolders) names.push(folder);
  for (const { path } of files) names.push(path);
  // As they are in memory: written out as text they cost more than all the rest.
  const numbers = new Float64Array(files.length * 2);
  files.forEach(({ sizeBytes, mtimeMs }, at) => {
    numbers[2 * at] = sizeBytes;
    numbers[2 * at + 1] = mtimeMs;
  });
  const text = new TextEncoder().encode(names.join('\0'));
  const bytes = new Uint8Array(text.length + numbers.byteLength);
  bytes.set(text);
  bytes.set(new Uint8Array(numbers.buffer), text.length);
  return deps.hashing.sha256(bytes);
}
