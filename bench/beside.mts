import { peerStep, RCLONE_TUNED } from './peers.mts';
import type { StepResult } from './result.mts';
import { TARGETS } from './result.mts';
import { table } from './table.mts';

/**
 * What rclone 1.60 with the same flags took for the same vault, behind the same delay, on the machine for
 * which the wanted figures were set: seconds, and CPU seconds of the upload.
 */
const WHERE_FIGURES_WERE_SET: Readonly<Record<string, { readonly seconds: number; readonly cpu?: number }>> =
  {
    upload: { seconds: 36, cpu: 3.7 },
    'no-op': { seconds: 1.05 },
    download: { seconds: 35 },
    edit: { seconds: 1.1 },
    rename: { seconds: 2.5 },
  };

/**
 * What was wanted as a share of what rclone took there, beside our share of what it takes here: a machine
 * that is half as quick is half as quick for both.
 */
export function besideTable(results: readonly StepResult[]): string {
  const rows = Object.entries(WHERE_FIGURES_WERE_SET).flatMap(([step, there]) => {
    const own = results.find((result) => result.step === step);
    const peer = results.find((result) => result.step === peerStep(RCLONE_TUNED, step));
    if (own === undefined || peer === undefined) return [];
    const target = TARGETS[step] ?? {};
    const took = (one: StepResult): number | undefined => one.times.seconds;
    const worked = (one: StepResult): number | undefined => one.times.cpuSeconds;
    const rowsOfStep = [
      rowOf(own.title, { own: took(own), peer: took(peer) }, { own: target.seconds, peer: there.seconds }),
    ];
    if (there.cpu !== undefined) {
      const wanted = { own: target.cpuSeconds, peer: there.cpu };
      rowsOfStep.push(rowOf(`${own.title}, CPU`, { own: worked(own), peer: worked(peer) }, wanted));
    }
    return rowsOfStep;
  });
  return [
    'Beside rclone tuned in this run: shares of what it took',
    table([['step', 'ours', 'rclone', 'share', 'wanted'], ...rows]),
  ].join('\n\n');
}

/** Seconds of the same step. */
interface Pair {
  readonly own: number | undefined;
  readonly peer: number | undefined;
}

function rowOf(title: string, here: Pair, wanted: Pair): readonly string[] {
  const share = (here.own ?? NaN) / (here.peer ?? NaN);
  const limit = (wanted.own ?? NaN) / (wanted.peer ?? NaN);
  const mark = share <= limit ? 'met' : 'MISSED';
  const times = [here.own, here.peer].map((seconds) => `${(seconds ?? NaN).toFixed(2)} s`);
  return [title, ...times, share.toFixed(3), `≤ ${limit.toFixed(3)} ${mark}`];
}
