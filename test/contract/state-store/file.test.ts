import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileState, type FileStateOptions } from '../../../src/cli/platform/file-state.mts';
import { stateStoreContract, type StateSubject } from './suite.ts';

async function newSubject(options: FileStateOptions): Promise<StateSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-state-'));
  const opened = [await FileState.open(folder, options)];
  const open = async (): Promise<FileState> => {
    const state = await FileState.open(folder, options);
    opened.push(state);
    return state;
  };
  const [state] = opened;
  if (state === undefined) throw new Error('opened above');
  return {
    state,
    restart: open,
    async dispose() {
      for (const each of opened) await each.close();
      await rm(folder, { recursive: true });
    },
  };
}

stateStoreContract('FileState', () => newSubject({}));
stateStoreContract('FileState that folds its journal after every write', () =>
  newSubject({ compactBytes: 0 }),
);
