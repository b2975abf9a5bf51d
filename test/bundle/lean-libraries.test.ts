import { generateKeyPairSync } from 'node:crypto';
import { diff_match_patch as WholeDiff } from 'diff-match-patch';
import { describe, expect, it } from 'vitest';
import { withoutUnusedRecipients } from '../../scripts/lean-age.mts';
import { withoutPatches } from '../../scripts/lean-diff.mts';
import { SeededRandom } from '../support/seeded-random.ts';
import { loadBuilt } from './lean.ts';

/** Comes along with the age library. */
interface Curve {
  readonly x25519: {
    readonly GuBytes: Uint8Array;
    getPublicKey(secret: Uint8Array): Uint8Array;
    scalarMult(secret: Uint8Array, point: Uint8Array): Uint8Array;
    scalarMultBase(secret: Uint8Array): Uint8Array;
  };
}
const CURVE = "export { x25519 } from '@noble/curves/ed25519.js';";
type Diff = typeof import('diff-match-patch');

const random = new SeededRandom(79);

describe('X25519 without the arithmetic of signatures', async () => {
  const { x25519 } = await loadBuilt<Curve>(CURVE, []);
  const { x25519: lean } = await loadBuilt<Curve>(CURVE, [withoutUnusedRecipients()]);

  it('gives the public half that the whole library gives', () => {
    for (let count = 0; count < 50; count += 1) {
      const secret = Buffer.from(random.hex(64), 'hex');
      expect(lean.getPublicKey(secret)).toEqual(x25519.getPublicKey(secret));
      expect(lean.scalarMultBase(secret)).toEqual(x25519.scalarMult(secret, x25519.GuBytes));
    }
  });

  it("agrees with Node's own", () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const [secret = '', theirs = ''] = [
      privateKey.export({ format: 'jwk' }).d,
      publicKey.export({ format: 'jwk' }).x,
    ];
    expect(Buffer.from(lean.getPublicKey(Buffer.from(secret, 'base64url'))).toString('base64url')).toBe(
      theirs,
    );
  });
});

describe('the age library with the recipients that a vault has', async () => {
  const { Encrypter } = await loadBuilt<typeof import('age-encryption')>("export * from 'age-encryption';", [
    withoutUnusedRecipients(),
  ]);

  it.each([
    ['age1pq1aaaa', 'HybridRecipient'],
    ['age1tag1aaaa', 'TagRecipient'],
    ['age1tagpq1aaaa', 'HybridTagRecipient'],
  ])('says of %s that it is left out', (recipient, name) => {
    expect(() => new Encrypter().addRecipient(recipient)).toThrow(`${name} is left out of this build`);
  });
});

describe('the comparison of words without patches', async () => {
  const { diff_match_patch: LeanDiff } = await loadBuilt<Diff>(
    "import diff from 'diff-match-patch'; export const { diff_match_patch } = diff;",
    [withoutPatches()],
  );
  const words = ['one ', 'two ', 'three ', 'four\n', 'five '];
  const text = (): string => Array.from({ length: 1 + random.below(120) }, () => random.pick(words)).join('');

  it('tells what the whole library tells', () => {
    for (let count = 0; count < 200; count += 1) {
      const [from, to] = [text(), text()];
      const told = [new LeanDiff(), new WholeDiff()].map((engine) => {
        const diffs = engine.diff_main(from, to, false);
        engine.diff_cleanupSemantic(diffs);
        return diffs.map(([kind, part]) => [kind, part]);
      });
      expect(told[0]).toEqual(told[1]);
    }
  });

  it('says of a patch that it is left out', () => {
    expect(() => new LeanDiff().patch_make('a', 'b')).toThrow('patch_make is left out of this build');
  });
});
