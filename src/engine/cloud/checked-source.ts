import type { ContentHash } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { BodySource } from '../../storage/object-store.ts';
import { VaultError, type Hashing, type Vault, type VaultFile } from '../ports.ts';
import { sameStat } from '../scan/read-file.ts';

/**
 * A large local file as a body to send. The bytes sent are the bytes hashed: every piece is hashed
 * as it is first read, and a piece read again for another try must be the same. `verify` tells, once
 * all is sent, whether it was the contents that were meant.
 */
export class CheckedSource implements BodySource {
  readonly sizeBytes: number;
  readonly #vault: Vault;
  readonly #hashing: Hashing;
  readonly #file: VaultFile;
  readonly #whole;
  readonly #pieces = new Map<string, Promise<ContentHash>>();
  #hashedTo = 0;
  /** The parts of an upload are sent side by side; their reads follow each other, as the hash needs. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(vault: Vault, hashing: Hashing, file: VaultFile) {
    this.#vault = vault;
    this.#hashing = hashing;
    this.#file = file;
    this.#whole = hashing.sha256Stream();
    this.sizeBytes = file.sizeBytes;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const piece = this.#reading.then(() => this.#read(offset, length));
    this.#reading = piece.catch(() => undefined);
    return piece;
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const { bytes, file } = await this.#vault.read(this.#file.path, { offset, length });
    if (!sameStat(file, this.#file) || bytes.length !== length) throw changed(this.#file.path);
    const piece = `${String(offset)}+${String(length)}`;
    const before = this.#pieces.get(piece);
    if (before !== undefined) {
      if ((await before) !== (await this.#hashing.sha256(bytes))) throw changed(this.#file.path);
    } else if (offset === this.#hashedTo) {
      this.#whole.update(bytes);
      this.#hashedTo += length;
      this.#pieces.set(piece, this.#hashing.sha256(bytes));
    } else throw new VaultError('unexpected', this.#file.path, 'its pieces were asked for out of order');
    return bytes;
  }

  verify(hash: ContentHash): void {
    if (this.#hashedTo !== this.sizeBytes || this.#whole.digest() !== hash) throw changed(this.#file.path);
  }
}

function changed(path: VaultPath): VaultError {
  return new VaultError('changed', path, 'it changed while it was sent');
}
