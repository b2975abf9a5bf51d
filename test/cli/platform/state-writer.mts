import { FileState } from '../../../src/cli/platform/file-state.mts';

/** Writes batches until it is killed; says the number of each once it is durable. */
const [folder = '', first = '1'] = process.argv.slice(2);
const state = await FileState.open(folder, { compactBytes: 20_000 });
for (let n = Number(first); ; n++) {
  const padding = 'x'.repeat((n * 7919) % 3000);
  await state.write(
    [
      { table: 'meta', key: 'n', value: n },
      { table: 'base', key: `row ${String(n % 50)}`, value: { n, padding } },
      { table: 'local', key: `row ${String(n % 50)}`, value: { n, padding } },
      { table: 'intents', key: `of ${String(n)}`, value: n },
    ],
    { clear: ['intents'] },
  );
  process.stdout.write(`${String(n)}\n`);
}
