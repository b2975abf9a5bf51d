import { inject } from 'vitest';
import type { ServerAddress } from './server.mts';
import type { ServerName } from './table.mts';
import './global-setup.mts';

/** The run's one server of that kind, started for the first who asks. Rejects with why it did not start. */
export async function sharedServer(name: ServerName): Promise<ServerAddress> {
  const response = await fetch(`${inject('testServers')}/${name}`);
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${name} did not start: ${JSON.stringify(answer)}`);
  return answer as ServerAddress;
}

/** As `sharedServer`; `undefined` where the server did not start and the test may do without it. */
export async function sharedServerIfAny(
  name: ServerName,
  mustRun: boolean,
): Promise<ServerAddress | undefined> {
  if (mustRun) return sharedServer(name);
  return sharedServer(name).catch(() => undefined);
}
