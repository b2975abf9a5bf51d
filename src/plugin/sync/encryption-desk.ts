import type { SyncReport } from '../../engine/api.ts';
import type { Compression } from '../../engine/ports.ts';
import { clearPlain } from '../../engine/sealing/clear-plain.ts';
import { sealCloud } from '../../engine/sealing/seal-cloud.ts';
import type { Sides } from '../../engine/sealing/sides.ts';
import {
  changePassphrase,
  newKey,
  openHeld,
  sealedStore,
  type HeldKey,
} from '../../storage/sealed/held-key.ts';
import { hasPlain, lookAtCloud } from '../../storage/sealed/look-at-cloud.ts';
import { claimFirstKey, readWrappedKey } from '../../storage/sealed/wrapped-key.ts';
import { tellsVersioning } from '../../storage/versioning.ts';
import type { ClearReport, Encryption, EncryptionService, LongWork } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { eitherOf } from './either.ts';
import { messageFor } from './outcome.ts';
import type { BareCloud, Session } from './session.ts';
import type { Turns } from './turns.ts';
import type { Stage, VaultKeys } from './vault-keys.ts';

const TEXT = TEXTS.encryption;

interface DeskParts {
  readonly keys: VaultKeys;
  readonly compression: Compression;
  readonly session: Session;
  readonly turns: Turns;
  /** Told of each sync. */
  readonly done: (report: SyncReport) => void;
  /** Fires when the plugin is turned off. */
  readonly signal: AbortSignal;
}

/**
 * What a person does about the encryption of the cloud. A vault that lies in a cloud already is encrypted in three
 * steps, each of which may be cut off anywhere and asked for again; the key is kept from the first on:
 *
 *   plain ── prepare ──► begun-here ── seal ──► leftovers ── clear ──► has-key
 */
export class EncryptionDesk implements EncryptionService {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  look(): Promise<Encryption> {
    return this.#withCloud(async ({ id, store }, signal) => {
      const kept = await this.#parts.keys.kept(id);
      if (kept?.stage === 'sealing') return 'begun-here';
      // The recovery key is shown without a network, too.
      if (kept !== undefined)
        return (await hasPlain(store, signal).catch(() => false)) ? 'leftovers' : 'has-key';
      const { kind } = await lookAtCloud(store, this.#parts.compression, signal);
      if (kind !== 'plain') return kind;
      return (await readWrappedKey(store, { signal })) === undefined ? 'plain' : 'begun';
    });
  }

  join(secret: string): Promise<boolean> {
    return this.#withCloud(async (cloud, signal) => {
      const held = await opened(cloud, secret, signal);
      if (held === 'absent') throw new Error(TEXT.gone);
      if (held !== undefined) await this.#parts.keys.set(cloud.id, held);
      return held !== undefined;
    });
  }

  /** Looks once more: what was empty may be no more. */
  begin(passphrase: string): Promise<string> {
    return this.#withCloud(async (cloud, signal) => {
      const { kind } = await lookAtCloud(cloud.store, this.#parts.compression, signal);
      if (kind === 'plain' || kind === 'files') throw new Error(TEXT.files);
      if (kind === 'sealed') throw new Error(TEXT.otherFirst);
      const held = await this.#claimed(cloud, await newKey(passphrase), signal);
      await this.#parts.keys.set(cloud.id, held);
      return held.key.identity;
    });
  }

  recoveryKey(): Promise<string | undefined> {
    return this.#withCloud(async ({ id }) => (await this.#parts.keys.kept(id))?.held.key.identity);
  }

  prepare(passphrase: string, work: LongWork): Promise<string | undefined> {
    return this.#withCloud(async (cloud, signal) => {
      const found = await opened(cloud, passphrase, signal);
      if (found === undefined) return undefined;
      await this.#syncFirst(work, signal);
      const made = found === 'absent' ? await newKey(passphrase) : found;
      // Kept before it is in the cloud: whatever comes between is gone on with by what is kept.
      await this.#parts.keys.set(cloud.id, made, 'sealing');
      await this.#claimed(cloud, made, signal);
      return made.key.identity;
    }, work.signal);
  }

  seal(work: LongWork): Promise<void> {
    return this.#withCloud(async (cloud, signal) => {
      const kept = await this.#parts.keys.kept(cloud.id);
      if (kept?.stage !== 'sealing') throw new Error(TEXT.notBegun);
      const held = await this.#claimed(cloud, kept.held, signal);
      await sealCloud(await this.#sides(cloud, held, { ...work, signal }));
      await this.#parts.keys.set(cloud.id, held, 'clearing');
    }, work.signal);
  }

  clear(work: LongWork): Promise<ClearReport> {
    return this.#withCloud(async (cloud, signal) => {
      const { keys } = this.#parts;
      const held = await keys.get(cloud.id);
      if (held === undefined) throw new Error(TEXT.notBegun);
      const cleared = await clearPlain(await this.#sides(cloud, held, { ...work, signal }));
      await keys.set(cloud.id, held);
      const { bare } = cloud;
      const versioning = tellsVersioning(bare)
        ? await bare.versioning({ signal }).catch(() => 'unknown' as const)
        : 'off';
      return { ...cleared, versioning };
    }, work.signal);
  }

  async unfinished(): Promise<Stage | undefined> {
    const { keys, session } = this.#parts;
    return (await keys.kept(session.cloudId))?.stage;
  }

  changePassphrase(passphrase: string): Promise<void> {
    return this.#withCloud(async ({ id, store }, signal) => {
      const { keys } = this.#parts;
      const kept = await keys.kept(id);
      if (kept === undefined) throw new Error(TEXT.notBegun);
      const changed = await changePassphrase(store, kept.held, passphrase, { signal });
      if (changed === undefined) throw new Error(TEXT.changedElsewhere);
      await keys.set(id, changed, kept.stage);
    });
  }

  /** Brings in what was written here, and what was edited in the readable copy. */
  async #syncFirst({ onProgress }: LongWork, signal: AbortSignal): Promise<void> {
    const { session, done } = this.#parts;
    const { engine } = await session.open(signal);
    try {
      const report = await engine.sync({ signal, onProgress, audit: 'always' });
      done(report);
      const { outcome, away, backups = [] } = report;
      // One of them may have authority, and each would have to be sealed after that.
      if (backups.length > 0) throw new Error(TEXT.withBackups);
      if (outcome === 'first-preview' || away !== undefined) throw new Error(TEXT.syncFirst);
    } finally {
      await session.close();
    }
  }

  /** The key as the cloud's first. Where another holds, that of a device which was quicker, this one is forgotten. */
  async #claimed({ id, store }: BareCloud, made: HeldKey, signal: AbortSignal): Promise<HeldKey> {
    const wrapped = await claimFirstKey(store, made.wrapped, { signal });
    if (wrapped.id === made.key.id) return { key: made.key, wrapped };
    await this.#parts.keys.forget(id);
    throw new Error(TEXT.otherFirst);
  }

  async #sides({ store, tools }: BareCloud, held: HeldKey, work: LongWork): Promise<Sides> {
    return {
      deps: tools,
      plain: store,
      sealed: sealedStore(store, held, this.#parts.compression),
      ...work,
    };
  }

  /** In its turn; the engine, if one was open, is made anew with what comes of it. Failures are in words. */
  async #withCloud<T>(
    work: (cloud: BareCloud, signal: AbortSignal) => Promise<T>,
    stop?: AbortSignal,
  ): Promise<T> {
    const { session, turns } = this.#parts;
    const { signal, end } = eitherOf(this.#parts.signal, stop);
    try {
      return await turns.run(async () => {
        signal.throwIfAborted();
        await session.close();
        const cloud = await session.bareCloud(signal);
        try {
          return await work(cloud, signal);
        } finally {
          await cloud.store.close();
        }
      });
    } catch (error) {
      throw new Error(messageFor(error), { cause: error });
    } finally {
      end();
    }
  }
}

/** The key that lies in the cloud, by its passphrase or as the recovery key; `undefined`: the secret is neither. */
async function opened(
  { store }: BareCloud,
  secret: string,
  signal: AbortSignal,
): Promise<HeldKey | 'absent' | undefined> {
  const wrapped = await readWrappedKey(store, { signal });
  if (wrapped === undefined) return 'absent';
  return openHeld(wrapped, secret);
}
