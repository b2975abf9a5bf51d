import { EngineError } from '../../src/engine/api.ts';
import type { bench, TestDevice } from './two-devices.ts';

/** The device after its program has ended: what it had in memory is gone. */
export function again(device: TestDevice, make: ReturnType<typeof bench>['device']): TestDevice {
  return make(device.name, { vault: device.vault, state: device.state });
}

/** The error that the work ended with. */
export async function failure(work: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EngineError)) throw new Error(`no EngineError but ${String(error)}`);
  return error;
}
