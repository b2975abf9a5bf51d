import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine/api.ts';
import type { Log, StateStore } from '../engine/ports.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { composeEngine } from './compose.mts';
import type { Context } from './context.mts';
import { FileState } from './platform/file-state.mts';
import { findSetup, type VaultSetup } from './session.mts';

/** An engine that only looks: it works on a copy of the state, so no lock is needed and nothing is kept. */
export interface Look {
  readonly setup: VaultSetup;
  readonly engine: Engine;
  readonly meter: Meter;
  close(): Promise<void>;
}

const SILENT: Log = { write: () => undefined };
/** A sync that writes at this moment may tear a copy; each is a few milliseconds. */
const COPIES = 3;

export async function openLook(context: Context): Promise<Look> {
  const setup = await findSetup(context);
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-look-'));
  const meter = new Meter();
  try {
    const state = await copiedState(setup.stateFolder, folder);
    const { config, remote } = setup;
    const engine = await composeEngine({ config, remote, state, meter, log: SILENT });
    const close = async (): Promise<void> => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    };
    return { setup, engine, meter, close };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function copiedState(from: string, folder: string): Promise<StateStore> {
  for (let copy = 1; ; copy += 1) {
    const to = join(folder, String(copy));
    await cp(from, to, { recursive: true, filter: (name) => !name.endsWith('.ndjson') }).catch(
      (error: unknown) => {
        // No state yet, or a file that the sync replaced meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      },
    );
    const state = await FileState.open(to);
    if (state.damaged === undefined || copy === COPIES) return state;
    await state.close();
  }
}
