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
  const lines = [deps.settings.readableCopy ? 'copied' : 'not copied', ...listing.emptyFolders];
  // No path holds a NUL.
  for (const { path, sizeBytes, mtimeMs } of listing.files)
    lines.push(`${path}\0${String(sizeBytes)}\0${String(mtimeMs)}`);
  return deps.hashing.sha256(new TextEncoder().encode(lines.join('\0\0')));
}
