// Plain JavaScript on Node's own modules: it runs on a fresh clone, before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {boolean} whether it ended well
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return true;
  console.error(`setup: "${[command, ...args].join(' ')}" failed${error ? `: ${error.message}` : ''}`);
  return false;
}

/** @param {string} file */
function packagesOf(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
}

/** Whether `node_modules` holds what the lockfile names; npm keeps its own list of what it put there. */
function isInstalled() {
  const listed = 'node_modules/.package-lock.json';
  if (!existsSync(join(root, listed))) return false;
  const installed = packagesOf(listed);
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

if (!isInstalled() && !run('npm', ['ci', '--no-audit', '--no-fund'])) process.exit(1);

// Where a server cannot be had, its tests are skipped; in CI none of them may be.
const haveServers = run(join(root, 'node_modules/.bin/tsx'), ['test/support/servers/install.mts']);
if (!haveServers && process.env.CI === 'true') process.exit(1);
