import { md5 } from '@noble/hashes/legacy.js';
import { bodySize, readPiece, throwIfAborted } from '../body.ts';
import type { ObjectBody } from '../object-store.ts';

/** Azure's most blocks of one blob. */
const MAX_BLOCKS = 50_000;
/** Bounds the memory of one put to this many blocks. */
const BLOCKS_AT_ONCE = 3;

export interface Block {
  /** Base64, and as long as those of all blocks of the blob. */
  readonly id: string;
  readonly piece: Uint8Array;
}

export interface BlockTarget {
  readonly stage: (block: Block) => Promise<void>;
  readonly key: string;
  readonly pieceBytes: number;
  /** Begins the ids of this put's blocks, so that another put of the same key cannot mix its own in. */
  readonly uploadId: string;
  readonly signal?: AbortSignal | undefined;
}

interface StagedBlocks {
  readonly ids: readonly string[];
  readonly md5: Uint8Array;
}

/** Sends a large body in blocks, which nobody sees until their list is committed; the service forgets the others after a week. */
export async function stageBlocks(body: ObjectBody, target: BlockTarget): Promise<StagedBlocks> {
  const { stage, key, signal } = target;
  const size = bodySize(body);
  const blockBytes = Math.max(target.pieceBytes, Math.ceil(size / MAX_BLOCKS));
  const hash = md5.create();
  const ids: string[] = [];
  const underWay = new Set<Promise<void>>();
  try {
    // The hash wants the blocks in turn; only their sending overlaps.
    for (let offset = 0; offset < size; offset += blockBytes) {
      throwIfAborted(signal, 'azure', key);
      const piece = await readPiece(body, offset, Math.min(blockBytes, size - offset), 'azure');
      hash.update(piece);
      const id = btoa(`${target.uploadId}-${String(ids.length).padStart(6, '0')}`);
      ids.push(id);
      const sending = stage({ id, piece }).finally(() => underWay.delete(sending));
      underWay.add(sending);
      if (underWay.size >= BLOCKS_AT_ONCE) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } finally {
    // None may arrive after the caller was told that the put is over.
    await Promise.allSettled(underWay);
  }
  return { ids, md5: hash.digest() };
}

/** The body that makes a blob of its blocks: https://learn.microsoft.com/rest/api/storageservices/put-block-list */
export function blockList(ids: readonly string[]): Uint8Array {
  const blocks = ids.map((id) => `<Latest>${id}</Latest>`).join('');
  return new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?><BlockList>${blocks}</BlockList>`);
}
