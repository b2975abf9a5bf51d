import 'fake-indexeddb/auto';
import { IdbState, type IdbStateOptions } from '../../../src/plugin/adapters/state/idb-state.ts';
import { stateStoreContract, type StateSubject } from './suite.ts';

let databases = 0;

async function newSubject(options: IdbStateOptions): Promise<StateSubject> {
  const database = `twincloud-${String(++databases)}`;
  const opened: IdbState[] = [];
  const open = async (): Promise<IdbState> => {
    const state = await IdbState.open(database, options);
    opened.push(state);
    return state;
  };
  return {
    state: await open(),
    restart: open,
    async dispose() {
      for (const each of opened) await each.close();
    },
  };
}

stateStoreContract('IdbState', () => newSubject({}));
stateStoreContract('IdbState that folds its journal after every write', () => newSubject({ foldBytes: 0 }));
