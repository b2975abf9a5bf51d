import type { Finding } from '../../storage/check-connection.ts';
import { EXIT, type ExitCode } from '../cli-error.mts';
import { examine } from '../connection.mts';
import type { Context } from '../context.mts';
import type { Paint } from '../output/console.mts';
import { parseRemote, remoteName, type RemoteSpec } from '../remote.mts';
import { findSetup } from '../session.mts';

const MARKS: Readonly<
  Record<Exclude<Finding['state'], 'skipped'>, { readonly word: string; readonly paint: Paint }>
> = {
  ok: { word: 'ok', paint: 'green' },
  warning: { word: 'careful', paint: 'yellow' },
  failed: { word: 'FAILED', paint: 'red' },
};
const MARK_WIDTH = 9;

/** Whether the cloud can be used, point by point. */
export async function check(context: Context): Promise<ExitCode> {
  const { console } = context;
  const remote = await remoteOf(context);
  const findings = await examine(remote, context.signal);
  console.json({ remote: remoteName(remote), findings });
  console.line(console.name(remoteName(remote)));
  const looked = findings.flatMap(({ state, ...said }) => (state === 'skipped' ? [] : [{ state, ...said }]));
  for (const { state, message, remedy } of looked) {
    const { word, paint } = MARKS[state];
    console.line(`  ${console.paint(word.padEnd(MARK_WIDTH), paint)}${console.name(message)}`);
    if (remedy !== undefined) console.line(`  ${''.padEnd(MARK_WIDTH)}${console.name(remedy)}`);
  }
  if (looked.length < findings.length && findings.some(({ state }) => state === 'failed')) {
    console.line(`  ${''.padEnd(MARK_WIDTH)}The rest was not looked at, because of what failed.`);
  }
  if (findings.some(({ state }) => state === 'failed')) return EXIT.failed;
  return findings.some(({ state }) => state === 'warning') ? EXIT.attention : EXIT.done;
}

async function remoteOf(context: Context): Promise<RemoteSpec> {
  const { remote } = context.options;
  return remote === undefined ? (await findSetup(context)).remote : parseRemote(remote, context);
}
