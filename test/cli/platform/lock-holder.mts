import { acquireVaultLock } from '../../../src/cli/platform/vault-lock.mts';

/** Takes the lock, says how that went, and holds it until it is killed. */
const lock = await acquireVaultLock(process.argv[2] ?? '');
process.stdout.write(`${lock.kind}\n`);
process.stdin.resume();
