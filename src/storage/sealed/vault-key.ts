import { sealedPartBytes } from './parts.ts';

type Age = typeof import('./age.ts');
type Stanza = InstanceType<Age['Stanza']>;

/** What a part belongs to; sealed with it, so that none can stand in another's place. */
export interface PartLabel {
  /** The object's name as the engine knows it. */
  readonly name: string;
  readonly index: number;
  readonly isLast: boolean;
}

/** A sealed part that cannot be opened: cut, changed, moved here from elsewhere, or made without the key. */
export class BrokenSeal extends Error {
  override readonly name = 'BrokenSeal';
}

/** Seals a file key with a nonce of its own, which goes before it. */
interface Wrapper {
  encrypt(plain: Uint8Array): Uint8Array;
  /** Throws where the key or the label is another. */
  decrypt(sealed: Uint8Array): Uint8Array;
}

const STANZA = 'twincloud';
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/u;

/**
 * The key of one vault: an age identity, and two keys made from it. Whoever has the identity's text can read
 * all that was sealed with it, with the standard tool too.
 *
 *   identity ─┬─► recipient  ──► each part's file key, for the standard tool       (X25519)
 *             ├─► wrap key   ──► the same file key with the part's label, for us   (XChaCha20-Poly1305)
 *             └─► name key   ──► names of objects                                  (AES-SIV, RFC 5297)
 *
 * A part is opened by the second stanza alone: nobody without the identity can make one, though they might
 * know the recipient, and a part that was moved to another place does not open.
 */
export class VaultKey {
  readonly identity: string;
  /** Tells keys apart and nothing of them: 16 hexadecimal digits. */
  readonly id: string;
  readonly #age: Age;
  readonly #recipient: string;
  readonly #wrapKey: Uint8Array;
  readonly #nameKey: Uint8Array;

  private constructor(age: Age, identity: string, recipient: string) {
    this.identity = identity;
    this.#age = age;
    this.#recipient = recipient;
    const secret = utf8(identity);
    this.#wrapKey = age.hkdf(age.sha256, secret, undefined, utf8('twincloud 1 parts'), 32);
    this.#nameKey = age.hkdf(age.sha256, secret, undefined, utf8('twincloud 1 names'), 64);
    this.id = age.bytesToHex(age.hkdf(age.sha256, secret, undefined, utf8('twincloud 1 id'), 8));
  }

  static async create(): Promise<VaultKey> {
    const age = await import('./age.ts');
    return VaultKey.#of(age, await age.generateX25519Identity());
  }

  /** Of what a person typed; spaces and small letters do not matter. `undefined`: this is no such key. */
  static async parse(text: string): Promise<VaultKey | undefined> {
    const identity = text.replace(/\s/gu, '').toUpperCase();
    if (!IDENTITY.test(identity)) return undefined;
    try {
      return await VaultKey.#of(await import('./age.ts'), identity);
    } catch {
      // Its check digits do not fit.
      return undefined;
    }
  }

  static async #of(age: Age, identity: string): Promise<VaultKey> {
    return new VaultKey(age, identity, await age.identityToRecipient(identity));
  }

  /** An age file of one length for each number of plain bytes. */
  async seal(plain: Uint8Array, label: PartLabel): Promise<Uint8Array> {
    const { Encrypter, Stanza } = this.#age;
    const encrypter = new Encrypter();
    encrypter.addRecipient(this.#recipient);
    encrypter.addRecipient({
      wrapFileKey: (fileKey) => [new Stanza([STANZA], this.#wrapper(label).encrypt(fileKey))],
    });
    const sealed = await encrypter.encrypt(plain);
    if (sealed.length !== sealedPartBytes(plain.length))
      throw new TypeError(`A part of ${String(plain.length)} bytes was sealed to ${String(sealed.length)}`);
    return sealed;
  }

  /** Rejects with `BrokenSeal`. */
  async open(sealed: Uint8Array, label: PartLabel): Promise<Uint8Array> {
    const decrypter = new this.#age.Decrypter();
    decrypter.addIdentity({
      unwrapFileKey: (stanzas: readonly Stanza[]) => {
        const ours = stanzas.find(({ args }) => args.length === 1 && args[0] === STANZA);
        return ours === undefined ? null : this.#wrapper(label).decrypt(ours.body);
      },
    });
    try {
      return await decrypter.decrypt(sealed);
    } catch (error) {
      throw new BrokenSeal(`part ${String(label.index)} of ${label.name} does not open`, { cause: error });
    }
  }

  /** Of equal names the same, and without the key nobody can tell which. */
  sealName(kind: string, name: string): string {
    const { aessiv, bytesToHex } = this.#age;
    return bytesToHex(aessiv(this.#nameKey, utf8(kind)).encrypt(utf8(name)));
  }

  /** `undefined`: no name that this key sealed. */
  openName(kind: string, sealed: string): string | undefined {
    const { aessiv, hexToBytes } = this.#age;
    try {
      const name = aessiv(this.#nameKey, utf8(kind)).decrypt(hexToBytes(sealed));
      return new TextDecoder().decode(name);
    } catch {
      return undefined;
    }
  }

  #wrapper({ name, index, isLast }: PartLabel): Wrapper {
    const { managedNonce, xchacha20poly1305 } = this.#age;
    const label = utf8(`${name}\n${String(index)}\n${isLast ? 'last' : 'more'}`);
    return managedNonce(xchacha20poly1305)(this.#wrapKey, label);
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
