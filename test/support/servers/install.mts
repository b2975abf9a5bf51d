import { install as installBrowser } from '../browser/chromium.mts';
import { SERVERS } from './table.mts';

// `node --import tsx test/support/servers/install.mts`: so that the first test run need not wait for it.
const programs = { ...SERVERS, chromium: { install: installBrowser } };
for (const [name, { install }] of Object.entries(programs)) {
  const startMs = Date.now();
  await install();
  process.stdout.write(`${name}: installed in ${((Date.now() - startMs) / 1000).toFixed(1)} s\n`);
}
