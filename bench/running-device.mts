import { performance } from 'node:perf_hooks';
import { Console } from '../src/cli/output/console.mts';
import { openSession } from '../src/cli/session.mts';

/**
 * A program that stays, as `watch` and the plugin do: it syncs whenever it is told to, and tells what
 * that took. Run by `running.mts`, with the vault and the folder of the configuration.
 */
export interface Told {
  readonly outcome: string;
  readonly problems: readonly { readonly message: string }[];
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

const [vault = '', config = ''] = process.argv.slice(2);
const silent = { isTTY: false, columns: 80, write: () => undefined };
const session = await openSession({
  options: { vault, config },
  console: new Console(
    { out: silent, err: silent, now: () => performance.now() },
    { json: false, quiet: true, color: false, unicode: true },
  ),
  env: process.env,
  cwd: vault,
  signal: new AbortController().signal,
});

process.on('message', () => {
  void sync().then((told) => process.send?.(told));
});
process.on('disconnect', () => {
  void session.close().then(() => process.exit(0));
});
process.send?.('ready');

async function sync(): Promise<Told> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const { outcome, problems } = await session.engine.sync();
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(startedCpu);
  return {
    outcome,
    problems,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}
