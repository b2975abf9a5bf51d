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
/** Seeds of the widest range meet these as well; `-after`: it was done, and its answer is an error all the same. */
const WIDE_READ_FAULTS = ['unexpected', 'not-found'] as const;
const WIDE_FOLDER_FAULTS = ['blocked', 'unexpected-after'] as const;
const WIDE_WRITE_FAULTS = ['deferred', ...WIDE_FOLDER_FAULTS] as const;

/** The folder of notes as the engine sees it: every call waits for the driver, and may fail as it says. */
export class SimVault implements Vault {
  readonly #host: PortHost;
  readonly #inner: MemoryVault;

  constructor(host: PortHost, inner: MemoryVault) {
    this.#host = host;
    this.#inner = inner;
  }

  list(options: ListOptions): Promise<VaultListing> {
    const faults = ['unreadable', 'one-unreadable', ...this.#wide(['unexpected'])];
    return this.#step('list', '', faults, async (fault) => {
      if (fault === 'unreadable' || fault === 'unexpected') throw vaultError(fault, '');
      if (this.#host.isUnmounted()) return { files: [], emptyFolders: [], problems: [] };
      const listing = await this.#inner.list(options);
      return fault === 'one-unreadable' ? this.#withoutOne(listing) : listing;
    });
  }

  read(path: VaultPath, range?: { readonly offset: number; readonly length: number }): Promise<ReadResult> {
    return this.#step('read', path, [...READ_FAULTS, ...this.#wide(WIDE_READ_FAULTS)], (fault) =>
      fault === undefined ? this.#inner.read(path, range) : Promise.reject(vaultError(fault, path)),
    );
  }

  stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    return this.#step('stage', '', ['disk-full', ...this.#wide(['unexpected'])], async (fault) => {
      if (fault !== undefined) throw vaultError(fault, '');
      const pieces: Uint8Array[] = [];
      const id = await this.#inner.stage(tee(chunks, pieces));
      this.#host.onStaged(id, Buffer.concat(pieces));
      return id;
    });
  }

  install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult> {
    const { expected } = options;
    return this.#step(
      'install',
      `${path} over ${expected.slice(0, 6)}`,
      this.#writeFaults(),
      async (fault) => {
        if (fault === TORN) {
          this.#host.onTorn(staged, path, expected);
          return { kind: 'changed' };
        }
        return this.#effect({ method: 'install', path, expected }, fault, () =>
          this.#inner.install(staged, path, options),
        );
      },
    );
  }

  move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<WriteResult> {
    return this.#step('move', `${from} → ${to}`, this.#writeFaults(), (fault) =>
      this.#effect({ method: 'move', path: from, to, expected }, fault, () =>
        this.#inner.move(from, to, expected),
      ),
    );
  }

  moveToTrash(
    path: VaultPath,
    expected: ContentHash,
  ): Promise<{ readonly kind: 'done' | 'changed' | 'absent' }> {
    return this.#step('trash', path, this.#writeFaults(), (fault) =>
      this.#effect({ method: 'trash', path, expected }, fault, () => this.#inner.moveToTrash(path, expected)),
    );
  }

  setFolder(path: VaultPath, state: 'present' | 'absent'): Promise<void> {
    const faults = [...WRITE_FAULTS, ...this.#wide(WIDE_FOLDER_FAULTS)];
    return this.#step('set-folder', `${path} ${state}`, faults, async (fault) => {
      if (fault === undefined || isAfter(fault)) await this.#inner.setFolder(path, state);
      if (fault !== undefined) throw vaultError(fault, path);
    });
  }

  discardStaged(keep: ReadonlySet<StagedId>): Promise<void> {
    return this.#step(
      'discard-staged',
      `but ${String(keep.size)}`,
      this.#wide(['unexpected']),
      async (fault) => {
        if (fault !== undefined) throw vaultError(fault, '');
        await this.#inner.discardStaged(keep);
      },
    );
  }

  async #effect<R extends { readonly kind: string }>(
    about: Omit<VaultEffect, 'before' | 'after'>,
    fault: Fault | undefined,
    effect: () => Promise<R>,
  ): Promise<R> {
    if (fault !== undefined && !isAfter(fault)) throw vaultError(fault, about.path);
    const before = this.#inner.contents();
    const result = await effect();
    if (result.kind === 'done') this.#host.onVaultEffect({ ...about, before, after: this.#inner.contents() });
    if (fault !== undefined) throw vaultError(fault, about.path);
    return result;
  }

  #wide(faults: readonly Fault[]): readonly Fault[] {
    return this.#host.wide ? faults : [];
  }

  #writeFaults(): readonly Fault[] {
    return [...WRITE_FAULTS, ...this.#wide(WIDE_WRITE_FAULTS)];
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

function isAfter(fault: Fault): boolean {
  return fault.endsWith('-after');
}

function vaultError(fault: Fault, path: string): VaultError {
  return new VaultError(fault.replace('-after', '') as VaultErrorKind, path, 'as the simulation wants it');
}

async function* tee(chunks: AsyncIterable<Uint8Array>, copies: Uint8Array[]): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    copies.push(chunk.slice());
    yield chunk;
  }
}
