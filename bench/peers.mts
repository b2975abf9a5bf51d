import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasProgram, runProgram } from '../test/support/servers/processes.mts';
import type { StepResult } from './result.mts';
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

/** The same work by rclone, as it comes and with flags that suit it. Nothing where it is not installed. */
export async function measurePeers(
  rig: Rig,
  vault: string,
  tell: (result: StepResult) => void,
): Promise<void> {
  if (!(await hasProgram('rclone'))) {
    console.error('rclone is not installed; it is not measured.');
    return;
  }
  await measureRclone(rig, { vault, name: 'rclone tuned', flags: TUNED }, tell);
  await measureRclone(rig, { vault, name: 'rclone', flags: [] }, tell);
}

interface Peer {
  readonly vault: string;
  readonly name: string;
  readonly flags: readonly string[];
}

async function measureRclone(rig: Rig, peer: Peer, tell: (result: StepResult) => void): Promise<void> {
  const place = peer.name.replace(' ', '-');
  const vault = join(rig.folder, place, 'vault');
  const second = join(rig.folder, place, 'second');
  const cloud = `bench:bench/${place}`;
  await mkdir(second, { recursive: true });
  await cp(peer.vault, vault, { recursive: true, preserveTimestamps: true });
  const sync = async (title: string, from: string, to: string): Promise<void> => {
    await rig.resetCounts();
    const startedMs = performance.now();
    await runProgram('rclone', ['sync', from, to, ...peer.flags], {
      env: environment(rig),
      timeoutMs: RUN_LIMIT_MS,
    });
    const seconds = (performance.now() - startedMs) / 1000;
    tell({ step: place, title: `${peer.name}: ${title}`, counts: await rig.counts(), times: { seconds } });
  };
  await sync('first upload', vault, cloud);
  await sync('nothing to do', vault, cloud);
  await sync('first download', cloud, second);
  await rig.generate('edit', vault, '--n', '10');
  await sync('10 notes edited', vault, cloud);
  await rig.generate('rename', vault, '--n', '100');
  await sync('100 notes renamed', vault, cloud);
}
