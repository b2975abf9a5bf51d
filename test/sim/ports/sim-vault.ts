import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import type { MemoryVault } from '../../../src/engine/memory/memory-vault.ts';
import {
  VaultError,
  type InstallOptions,
  type ListOptions,
  type ReadResult,
  type StagedId,
  type Vault,
  type VaultErrorKind,
  type VaultListing,
  type WriteResult,
} from '../../../src/engine/ports.ts';
import type { Fault } from '../scheduler.ts';
import type { PortHost, VaultEffect } from './host.ts';

/** Not chosen by the driver as an answer, only together with a crash. */
export const TORN = 'torn';

const READ_FAULTS = ['changed', 'unreadable'] as const;
const WRITE_FAULTS = ['disk-full', 'read-only', 'unexpected'] as const;

/** The folder of notes as the engine sees it: every call waits for the driver, and may fail as it says. */
export class SimVault implements Vault {
  readonly #host: PortHost;
  readonly #inner: MemoryVault;

  constructor(host: PortHost, inner: MemoryVault) {
    this.#host = host;
    this.#inner = inner;
  }

  list(options: ListOptions): Promise<VaultListing> {
    return this.#step('list', '', ['unreadable', 'one-unreadable'], async (fault) => {
      if (fault === 'unreadable') throw vaultError(fault, '');
      if (this.#host.isUnmounted()) return { files: [], emptyFolders: [], problems: [] };
      const listing = await this.#inner.list(options);
      return fault === 'one-unreadable' ? this.#withoutOne(listing) : listing;
    });
  }

  read(path: VaultPath, range?: { readonly offset: number; readonly length: number }): Promise<ReadResult> {
    return this.#step('read', path, READ_FAULTS, (fault) =>
      fault === undefined ? this.#inner.read(path, range) : Promise.reject(vaultError(fault, path)),
    );
  }

  stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    return this.#step('stage', '', ['disk-full'], async (fault) => {
      if (fault !== undefined) throw vaultError(fault, '');
      const pieces: Uint8Array[] = [];
      const id = await this.#inner.stage(tee(chunks, pieces));
      this.#host.onStaged(id, Buffer.concat(pieces));
      return id;
    });
  }

  install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult> {
    const { expected } = options;
    return this.#step('install', `${path} over ${expected.slice(0, 6)}`, WRITE_FAULTS, async (fault) => {
      if (fault === TORN) {
        this.#host.onTorn(staged, path, expected);
        return { kind: 'changed' };
      }
      if (fault !== undefined) throw vaultError(fault, path);
      return this.#effect({ method: 'install', path, expected }, () =>
        this.#inner.install(staged, path, options),
      );
    });
  }

  move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<WriteResult> {
    return this.#step('move', `${from} → ${to}`, WRITE_FAULTS, (fault) =>
      fault === undefined
        ? this.#effect({ method: 'move', path: from, to, expected }, () =>
            this.#inner.move(from, to, expected),
          )
        : Promise.reject(vaultError(fault, from)),
    );
  }

  moveToTrash(
    path: VaultPath,
    expected: ContentHash,
  ): Promise<{ readonly kind: 'done' | 'changed' | 'absent' }> {
    return this.#step('trash', path, WRITE_FAULTS, (fault) =>
      fault === undefined
        ? this.#effect({ method: 'trash', path, expected }, () => this.#inner.moveToTrash(path, expected))
        : Promise.reject(vaultError(fault, path)),
    );
  }

  setFolder(path: VaultPath, state: 'present' | 'absent'): Promise<void> {
    return this.#step('set-folder', `${path} ${state}`, WRITE_FAULTS, async (fault) => {
      if (fault !== undefined) throw vaultError(fault, path);
      await this.#inner.setFolder(path, state);
    });
  }

  discardStaged(keep: ReadonlySet<StagedId>): Promise<void> {
    return this.#step('discard-staged', `but ${String(keep.size)}`, [], () =>
      this.#inner.discardStaged(keep),
    );
  }

  async #effect<R extends { readonly kind: string }>(
    about: Omit<VaultEffect, 'before' | 'after'>,
    effect: () => Promise<R>,
  ): Promise<R> {
    const before = this.#inner.contents();
    const result = await effect();
    if (result.kind === 'done') this.#host.onVaultEffect({ ...about, before, after: this.#inner.contents() });
    return result;
  }

  /** The listing with one file that could not be looked at. */
  #withoutOne(listing: VaultListing): VaultListing {
    const hidden = listing.files[Math.floor(this.#host.fraction() * listing.files.length)];
    if (hidden === undefined) return listing;
    const { path } = hidden;
    const problem = { name: path, path, reason: 'unreadable', message: `${path} cannot be read.` } as const;
    return {
      ...listing,
      files: listing.files.filter((file) => file !== hidden),
      problems: [...listing.problems, problem],
    };
  }

  #step<T>(
    method: string,
    detail: string,
    faults: readonly Fault[],
    perform: (fault: Fault | undefined) => Promise<T>,
  ): Promise<T> {
    return this.#host.step({ port: 'vault', method, detail, faults }, (fault) =>
      this.#host.isUnmounted() && method !== 'list'
        ? Promise.reject(new VaultError('unreadable', detail, 'the drive is not there'))
        : perform(fault),
    );
  }
}

function vaultError(fault: Fault, path: string): VaultError {
  return new VaultError(fault as VaultErrorKind, path, 'as the simulation wants it');
}

async function* tee(chunks: AsyncIterable<Uint8Array>, copies: Uint8Array[]): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    copies.push(chunk.slice());
    yield chunk;
  }
}
