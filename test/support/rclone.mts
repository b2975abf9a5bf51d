import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackage } from './apt.mts';
import { runProgram } from './servers/processes.mts';
import type { ServerAddress } from './servers/server.mts';

/** Makes the program available; does nothing when it is. */
export async function installRclone(): Promise<void> {
  await installPackage('rclone');
}

/** Runs the real rclone on a server, `cloud:` being its remote. */
export async function rclone(server: ServerAddress, args: readonly string[]): Promise<string> {
  await installRclone();
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-rclone-'));
  const config = join(folder, 'rclone.conf');
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const lines = ['[cloud]', 'type = s3', 'provider = Ceph', `endpoint = ${endpoint}`, `region = ${region}`];
  lines.push(
    `access_key_id = ${accessKeyId}`,
    `secret_access_key = ${secretAccessKey}`,
    'no_check_bucket = true',
  );
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  try {
    return await runProgram('rclone', ['--config', config, '--use-cookies=false', ...args], {
      env: { AWS_CA_BUNDLE: '' },
      timeoutMs: 120_000,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
