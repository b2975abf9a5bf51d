import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireVaultLock, type VaultLock } from '../../../src/cli/platform/vault-lock.mts';
import { buildChild, nextLine, type ChildProgram } from './child.ts';

let holder: ChildProgram;
let home: string;
let vault: string;

beforeAll(async () => {
  holder = await buildChild(join(import.meta.dirname, 'lock-holder.mts'));
});
afterAll(async () => {
  await holder.dispose();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'twincloud-lock-'));
  vault = join(home, 'vault');
  await mkdir(vault);
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

async function held(folder: string): Promise<VaultLock> {
  const lock = await acquireVaultLock(folder);
  if (lock.kind === 'busy') throw new Error(`busy by ${String(lock.pid)}`);
  return lock;
}

describe('the lock of a vault', () => {
  it('[VL1] has one holder, and tells others its process', async () => {
    const child = holder.start(vault);
    expect(await nextLine(child)).toBe('held');
    expect(await acquireVaultLock(vault)).toEqual({ kind: 'busy', pid: child.process.pid });
    await child.kill();
  });

  it('[VL1] has one holder when many ask at once for what a killed one left', async () => {
    const child = holder.start(vault);
    expect(await nextLine(child)).toBe('held');
    await child.kill();
    const asked = await Promise.all(Array.from({ length: 8 }, () => acquireVaultLock(vault)));
    const holders = asked.filter((lock) => lock.kind === 'held');
    expect(holders).toHaveLength(1);
    for (const lock of holders) await lock.release();
  });

  it('[VL2] is free again once its holder was killed, time and again', async () => {
    for (let round = 0; round < 5; round++) {
      const child = holder.start(vault);
      expect(await nextLine(child)).toBe('held');
      await child.kill();
    }
    await (await held(vault)).release();
    expect(await readdir(home)).toEqual(['vault']);
    expect(await readdir(vault)).toEqual([]);
  });

  it('[VL2] is free again once it was released, which may be twice', async () => {
    const first = await held(vault);
    await first.release();
    await first.release();
    const second = await held(vault);
    expect((await acquireVaultLock(vault)).kind).toBe('busy');
    await second.release();
  });

  it('[VL3] is one by whatever name the folder is reached, and each folder has its own', async () => {
    await symlink(vault, join(home, 'other-name'));
    await mkdir(join(home, 'other-vault'));
    const lock = await held(vault);
    expect(await acquireVaultLock(join(home, 'other-name'))).toEqual({ kind: 'busy', pid: process.pid });
    await (await held(join(home, 'other-vault'))).release();
    await lock.release();
  });
});
