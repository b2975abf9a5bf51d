import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasProgram, runProgram } from '../test/support/servers/processes.mts';
import type { StepResult, Times } from './result.mts';
import type { Rig } from './rig.mts';

const RUN_LIMIT_MS = 900_000;
const TUNED = ['--fast-list', '--checksum', '--s3-no-head', '--transfers', '16', '--checkers', '16'];

/** rclone's settings, by its environment; it reads no configuration of the person's own. */
function environment(rig: Rig): NodeJS.ProcessEnv {
  return {
    RCLONE_CONFIG: '/dev/null',
    // Its transport refuses to start where a bundle is named.
    AWS_CA_BUNDLE: '',
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
    RCLONE_CONFIG_BENCH_ENDPOINT: rig.endpoint,
    RCLONE_CONFIG_BENCH_REGION: 'us-east-1',
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: 'bench',
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: 'bench',
    RCLONE_CONFIG_BENCH_NO_CHECK_BUCKET: 'true',
  };
}

export interface Peer {
  readonly name: string;
  readonly flags: readonly string[];
}

/** rclone with flags that suit it, and as it comes. */
export const RCLONE_TUNED: Peer = { name: 'rclone tuned', flags: TUNED };
export const RCLONE_PLAIN: Peer = { name: 'rclone', flags: [] };

/** A peer's step, as results name it. */
export function peerStep(peer: Peer, step: string): string {
  return `${peer.name.replace(' ', '-')}:${step}`;
}

/** The same work by a peer, on a copy of the vault. Rejects where it is not installed. */
export async function measurePeer(
  rig: Rig,
  source: string,
  peer: Peer,
  tell: (result: StepResult) => void,
): Promise<void> {
  if (!(await hasProgram('rclone')))
    throw new Error('rclone is not installed: without it, leave --peers out.');
  const place = peer.name.replace(' ', '-');
  const vault = join(rig.folder, place, 'vault');
  const second = join(rig.folder, place, 'second');
  const cloud = `bench:bench/${place}`;
  await mkdir(second, { recursive: true });
  await cp(source, vault, { recursive: true, preserveTimestamps: true });
  const sync = async (step: string, title: string, from: string, to: string): Promise<void> => {
    await rig.resetCounts();
    const times = await timedRclone(rig, ['sync', from, to, ...peer.flags]);
    tell({ step: peerStep(peer, step), title: `${peer.name}: ${title}`, counts: await rig.counts(), times });
  };
  await sync('upload', 'first upload', vault, cloud);
  await sync('no-op', 'nothing to do', vault, cloud);
  await sync('download', 'first download', cloud, second);
  await rig.generate('edit', vault, '--n', '10');
  await sync('edit', '10 notes edited', vault, cloud);
  await rig.generate('rename', vault, '--n', '100');
  await sync('rename', '100 notes renamed', vault, cloud);
}

/** The shell's `times` tells in its second line what its children took: "0m1.631s 0m0.817s". */
async function timedRclone(rig: Rig, args: readonly string[]): Promise<Times> {
  const startedMs = performance.now();
  const told = await runProgram('sh', ['-c', 'rclone "$@" && times', 'sh', ...args], {
    env: environment(rig),
    timeoutMs: RUN_LIMIT_MS,
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const children = told.trim().split('\n').at(-1) ?? '';
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/gu)];
  const cpuSeconds = parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  return { seconds, cpuSeconds };
}
