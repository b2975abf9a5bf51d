import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { decodeDelta, encodeDelta } from '../../../src/core/format/delta-codec.ts';
import { decodeHead, encodeHead } from '../../../src/core/format/head-codec.ts';
import { packBuilder, readPackIndex } from '../../../src/core/format/pack-codec.ts';
import { decodeShard, encodeShard } from '../../../src/core/format/shard-codec.ts';
import { GOLDEN_CONTENTS, GOLDEN_ENTRIES, GOLDEN_HEAD, GOLDEN_RECORDS } from './golden-values.ts';

/** Files that an earlier version wrote. A failure here is never mended by editing them. */
function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures/format-1', name)));
}

describe('bytes of format 1 are read, and written again the same:', () => {
  it('[OL15] a head', () => {
    const bytes = golden('head.json');
    expect(decodeHead(bytes)).toEqual({ ok: true, value: GOLDEN_HEAD });
    expect(encodeHead(GOLDEN_HEAD)).toEqual(bytes);
  });

  it('[OL15] a delta', () => {
    const bytes = golden('delta.jsonl');
    expect(decodeDelta(bytes)).toEqual({ ok: true, value: GOLDEN_RECORDS });
    expect(encodeDelta(GOLDEN_RECORDS)).toEqual(bytes);
  });

  it('[OL15] a shard', () => {
    const bytes = golden('shard.jsonl');
    expect(decodeShard(bytes)).toEqual({ ok: true, value: GOLDEN_ENTRIES });
    expect(encodeShard(GOLDEN_ENTRIES)).toEqual(bytes);
  });

  it('[OL15] a pack', () => {
    const bytes = golden('pack.bin');
    const builder = packBuilder();
    const items = GOLDEN_CONTENTS.map((content) => builder.append(content));
    expect(readPackIndex(bytes)).toEqual({ ok: true, value: items });
    expect(builder.finish()).toEqual(bytes);
  });

  it('[OL15] head fields are those of the format, and no more', () => {
    const fields = Object.keys(JSON.parse(new TextDecoder().decode(golden('head.json'))) as object);
    expect(fields.join(' ')).toBe(
      'format minClient vaultId lineage parent succeededBy generation commit log shards shardsAt deltas spilled delta root condemned',
    );
  });
});
