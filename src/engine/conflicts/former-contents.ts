import type { ConflictBase } from '../../core/conflict/open-conflicts.ts';
import { EMPTY_HASH, parseContentHash, type ContentHash } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { EngineDeps } from '../api.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { ContentReader } from '../cloud/content.ts';
import { pathVersions } from '../history/history.ts';

export interface FormerContents {
  readonly hash: ContentHash;
  readonly bytes: Uint8Array;
}

/** Larger contents are restored from the history, not by an undo. */
export const MOST_FORMER_BYTES = 64 * 1024 * 1024;

/**
 * Contents that a path had once, by the digits of their hash; proven by it. `undefined` where no kept history
 * has them any more. Rejects as the history does.
 */
export async function formerContents(
  deps: EngineDeps,
  cloud: Cloud,
  wanted: { readonly path: VaultPath; readonly base: ConflictBase },
): Promise<FormerContents | undefined> {
  const { path, base } = wanted;
  const hash = parseContentHash(base.digits);
  if (hash === EMPTY_HASH) return { hash, bytes: new Uint8Array(0) };
  const reader = new ContentReader(deps, cloud);
  if (hash !== undefined && base.at !== undefined) {
    const found = await reader.one({ hash, at: base.at, sizeBytes: MOST_FORMER_BYTES });
    if (found.kind === 'found') return { hash, bytes: found.bytes };
  }
  for (const { entry } of await pathVersions(deps, cloud, path)) {
    if (!entry.hash.startsWith(base.digits) || entry.sizeBytes > MOST_FORMER_BYTES) continue;
    if (entry.hash === EMPTY_HASH) return { hash: entry.hash, bytes: new Uint8Array(0) };
    if (entry.at === undefined) continue;
    const found = await reader.one({ hash: entry.hash, at: entry.at, sizeBytes: entry.sizeBytes });
    if (found.kind === 'found') return { hash: entry.hash, bytes: found.bytes };
  }
  return undefined;
}
