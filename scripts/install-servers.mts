// Makes the servers of the tests available. Where one cannot be had, its tests are skipped; in CI that is an error.
import * as ceph from '../test/support/servers/ceph.mts';
import type { ServerKind } from '../test/support/servers/server.mts';

const SERVERS: Readonly<Record<string, Pick<ServerKind, 'install'>>> = { ceph };

for (const [name, server] of Object.entries(SERVERS)) {
  try {
    await server.install();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    console.error(`server ${name} is not available: ${text}`);
    if (process.env['CI'] === 'true') process.exitCode = 1;
  }
}
