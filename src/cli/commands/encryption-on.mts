import { bytesText, countText } from '../../core/text/words.ts';
import { EngineError } from '../../engine/api.ts';
import { MAIN } from '../../core/model/backup-place.ts';
import { clearPlain, type Cleared } from '../../engine/sealing/clear-plain.ts';
import { sealCloud } from '../../engine/sealing/seal-cloud.ts';
import type { HeldKey } from '../../storage/sealed/held-key.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { tellsVersioning } from '../../storage/versioning.ts';
import { askLine, isAgreed } from '../ask.mts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { changeConfig, withVault } from '../config.mts';
import { describeFailure, type Context } from '../context.mts';
import {
  forgetFormer,
  keyFor,
  notSyncedYet,
  openClouds,
  sidesOf,
  type PlainCloud,
} from '../encrypt-clouds.mts';
import { openSession, type Session } from '../session.mts';
import { encryptionConfig } from '../vault-seal.mts';

export interface TurnOnOptions {
  readonly yes?: boolean;
  readonly keepPlain?: boolean;
}

const EXPLANATION = [
  'All that the vault has in its clouds will be encrypted: notes, names and history.',
  '  1. This device syncs, and chooses a passphrase. A recovery key is shown: write it down.',
  '  2. Everything is sent again, encrypted, and read back. It may be stopped and run again.',
  '  3. Other devices stop until they are given the passphrase (twincloud init). What was written',
  '     there stays, and is sent then. The plugin asks at “End-to-end encryption” in its settings.',
  '  4. After you have agreed once more, what is not encrypted is removed: the objects, the old',
  '     history (which is kept encrypted) and the readable copy.',
  'If the passphrase and the recovery key are both lost, nobody can open the clouds any more.',
];

/**
 * Encrypts a vault that lies in its clouds already, then removes what is not encrypted. Whatever cuts it off, the
 * next run goes on: on an encrypted vault it removes what was left.
 */
export async function turnOn(context: Context, options: TurnOnOptions): Promise<ExitCode> {
  const { console } = context;
  const session = await openSession(context);
  try {
    const isFirst = session.setup.config.encryption === undefined;
    if (isFirst) {
      console.lines(EXPLANATION);
      if (options.yes !== true && !(await isAgreed('Encrypt this vault?', context.signal)))
        return stopped(context);
      await syncFirst(context, session);
    }
    const { primary } = await session.engine.status();
    const clouds = await openClouds(session.setup, primary ?? MAIN);
    try {
      return await new TurningOn({ context, options, session, clouds }).run();
    } finally {
      console.endProgress();
      for (const { store } of clouds) await store.close();
    }
  } finally {
    await session.close();
  }
}

function stopped({ console }: Context): ExitCode {
  console.json({ encrypted: false });
  console.line('Nothing was changed.');
  return EXIT.done;
}

/** Brings this device's notes in, and what was edited in the readable copy. */
async function syncFirst({ console, signal }: Context, { engine }: Session): Promise<void> {
  try {
    const report = await engine.sync({
      signal,
      audit: 'always',
      onProgress: (progress) => {
        console.progress(progress);
      },
    });
    if (report.outcome === 'first-preview') throw notSyncedYet();
    if (report.away !== undefined)
      throw new CliError('The vault’s cloud does not answer. Nothing was changed; try again when it does.');
  } catch (error) {
    // Another device, or a run that was cut off, has encrypted it.
    if (!(error instanceof EngineError) || error.kind !== 'encrypted-bucket') throw error;
  } finally {
    console.endProgress();
  }
}

interface Parts {
  readonly context: Context;
  readonly options: TurnOnOptions;
  readonly session: Session;
  readonly clouds: readonly PlainCloud[];
}

interface LeftCloud {
  readonly name: string;
  readonly message: string;
}

class TurningOn {
  readonly #parts: Parts;
  readonly #left: LeftCloud[] = [];
  readonly #sealed: PlainCloud[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<ExitCode> {
    const { context, options, session, clouds } = this.#parts;
    const { console, signal } = context;
    const { config } = session.setup;
    const [authority] = clouds;
    if (authority === undefined) throw notSyncedYet();
    const held = await keyFor(authority, config, context);
    if (config.encryption === undefined) await this.#showRecoveryKey(held);
    for (const cloud of clouds) await this.#seal(cloud, held, cloud === authority);
    this.#tellSealed();
    const isRemoving =
      options.keepPlain !== true &&
      (options.yes === true || (await isAgreed('Remove now what is not encrypted?', signal)));
    const cleared = isRemoving ? await this.#clear(held) : [];
    if (!isRemoving) console.line('Nothing was removed. To do that: twincloud encryption on');
    console.json({
      vault: config.vault,
      encrypted: true,
      clouds: this.#sealed.map(({ name }) => name),
      left: this.#left,
      ...(isRemoving ? { cleared } : {}),
    });
    for (const { name, message } of this.#left)
      console.complain(`The backup ${name} is not encrypted yet: ${message} Then: twincloud encryption on`);
    const isWhole = cleared.every(({ otherFiles, damaged }) => otherFiles.length + damaged.length === 0);
    return this.#left.length === 0 && isWhole ? EXIT.done : EXIT.attention;
  }

  async #showRecoveryKey({ key }: HeldKey): Promise<void> {
    const { context, options } = this.#parts;
    const { console, signal } = context;
    console.line('The recovery key, which opens the vault when the passphrase is lost:');
    console.line('');
    console.line(`  ${key.identity}`);
    console.line('');
    console.line('Print it, or write it down, and keep it where nobody else comes.');
    if (options.yes === true) return;
    const end = key.identity.slice(-6);
    while (
      (await askLine('Type its last 6 characters, to say that you have it:', signal)).toUpperCase() !== end
    )
      console.line('These are others. Look at the end of the key above.');
  }

  /** What keeps a backup from it is told at the end; the vault's own cloud must be done. */
  async #seal(cloud: PlainCloud, held: HeldKey, hasAuthority: boolean): Promise<void> {
    const { context, session } = this.#parts;
    const { setup } = session;
    try {
      const { objects, bytes } = await sealCloud(sidesOf(cloud, held, { context, config: setup.config }));
      this.#sealed.push(cloud);
      context.console.endProgress();
      if (objects > 0)
        context.console.line(
          `${cloud.name}: ${countText(objects, 'object')} encrypted, ${bytesText(bytes)}.`,
        );
    } catch (error) {
      context.signal.throwIfAborted();
      if (hasAuthority || !(isStoreError(error) || error instanceof EngineError)) throw error;
      // The next sync fills it, encrypted.
      if (error instanceof EngineError && error.kind === 'not-found') return;
      this.#left.push({ name: cloud.name, message: describeFailure(error).message });
    }
    if (!hasAuthority) return;
    const encryption = encryptionConfig(held.wrapped);
    await changeConfig(setup.configFolder, (all) => withVault(all, { ...setup.config, encryption }));
  }

  #tellSealed(): void {
    const { console } = this.#parts.context;
    console.line(console.paint('The vault is encrypted, and was read back whole.', 'green'));
    console.line('On each other device: twincloud init (it asks for the passphrase), then twincloud sync.');
  }

  async #clear(held: HeldKey): Promise<readonly ({ readonly name: string } & Cleared)[]> {
    const { context, session } = this.#parts;
    const { config } = session.setup;
    const all: ({ readonly name: string } & Cleared)[] = [];
    for (const cloud of this.#sealed) {
      const cleared = await clearPlain(sidesOf(cloud, held, { context, config }));
      await forgetFormer(cloud);
      context.console.endProgress();
      await this.#tellCleared(cloud, cleared);
      all.push({ name: cloud.name, ...cleared });
    }
    return all;
  }

  async #tellCleared(cloud: PlainCloud, { removed, bytes, otherFiles, damaged }: Cleared): Promise<void> {
    const { console, signal } = this.#parts.context;
    const { name, bare } = cloud;
    console.line(`${name}: ${countText(removed, 'unencrypted object')} removed, ${bytesText(bytes)}.`);
    if (otherFiles.length > 0) {
      console.complain(
        `${name}: ${countText(otherFiles.length, 'file')} stayed, for the vault has no such contents there: edited in the bucket meanwhile, or another program’s. Put what you want to keep into the vault and sync; then delete them in the bucket.`,
      );
      console.some(otherFiles.map((key) => `  ${console.name(key)}`));
    }
    if (damaged.length > 0) {
      console.complain(
        `${name}: ${countText(damaged.length, 'object')} of the history stayed unencrypted, for they are damaged. Whole versions in them may still be wanted; delete them in the bucket when not.`,
      );
      console.some(damaged.map((key) => `  ${key}`));
    }
    if (!tellsVersioning(bare)) return;
    const versioning = await bare.versioning({ signal }).catch(() => 'unknown' as const);
    if (versioning !== 'off') console.line(VERSIONS[versioning](name));
  }
}

const HOW =
  'Delete them in the provider’s console, or let a lifecycle rule do it that removes noncurrent (or soft-deleted) versions after a day.';

const VERSIONS = {
  on: (name: string) =>
    `${name}: this bucket keeps versions of what was removed, and they are not encrypted. Who may read versions there still can. ${HOW}`,
  unknown: (name: string) =>
    `${name}: if this bucket has versioning or soft delete, what was removed is still kept there unencrypted. ${HOW}`,
} as const;
