import { SERVERS } from './table.mts';

// `node --import tsx test/support/servers/install.mts`: so that the first test run need not wait for it.
for (const [name, server] of Object.entries(SERVERS)) {
  const startMs = Date.now();
  await server.install();
  process.stdout.write(`${name}: installed in ${((Date.now() - startMs) / 1000).toFixed(1)} s\n`);
}
