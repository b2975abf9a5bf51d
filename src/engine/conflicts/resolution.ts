import type { ConflictBase } from '../../core/conflict/open-conflicts.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';

/** A conflict that was settled, with what it takes to open it again. JSON. */
export interface Resolution {
  readonly id: string;
  readonly how: 'merged' | 'newest' | 'kept-both' | 'by-hand';
  readonly path: VaultPath;
  /** The conflict copy that stood before, or that an undo makes. Absent where there was none. */
  readonly copy?: VaultPath;
  /** Where the copy stays as a note of its own. */
  readonly keptAs?: VaultPath;
  readonly base?: ConflictBase;
  readonly note: ContentHash;
  readonly noteDevice?: string;
  /** What gave way, or would have. */
  readonly other: ContentHash;
  readonly otherDevice: string;
  /** What the note has become. */
  readonly result: ContentHash;
  readonly timeMs: number;
}
