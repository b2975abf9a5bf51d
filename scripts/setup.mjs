// Plain JavaScript on Node's own modules: it runs on a fresh clone, before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(
    `setup stopped: "${[command, ...args].join(' ')}" failed${error ? `: ${error.message}` : ''}`,
  );
  process.exit(1);
}

/** Installs the locked packages, unless those of this very lockfile are there. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.twincloud-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}

installPackages();
run('npx', ['--no-install', 'tsx', 'scripts/install-servers.mts']);
