import { describe, expect, it } from 'vitest';
import { nodeHashing } from '../../../src/cli/platform/hashing.mts';
import { MemoryVault, type MemoryVaultOptions } from '../../../src/engine/memory/memory-vault.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { chunksOf, everything, hashOf, install, kindOf, path, type VaultSubject } from './subject.ts';
import { vaultContract } from './suite.ts';

function newVault(options: Partial<MemoryVaultOptions> = {}): MemoryVault {
  return new MemoryVault({ clock: new FakeClock(), hashing: nodeHashing, ...options });
}

function subjectOf(vault: MemoryVault, ignoresCase: boolean): VaultSubject {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const now = async (act: () => void): Promise<void> => {
    await Promise.resolve();
    act();
  };
  return {
    vault,
    ignoresCase,
    seesLinks: true,
    trashKeepsPaths: true,
    user: {
      write: (at, contents, mtimeMs) =>
        now(() => {
          vault.userWrite(at, contents, mtimeMs);
        }),
      read: (at) => {
        const bytes = vault.userRead(at);
        return Promise.resolve(bytes === undefined ? undefined : text(bytes));
      },
      rename: (from, to) =>
        now(() => {
          vault.userRename(from, to);
        }),
      delete: (at) =>
        now(() => {
          vault.userDelete(at);
        }),
      mkdir: (at) =>
        now(() => {
          vault.userMkdir(at);
        }),
      link: (at, to) =>
        now(() => {
          vault.userLink(at, to === 'folder');
        }),
      unplug: () =>
        now(() => {
          vault.userUnplug(true);
        }),
    },
    restart: () => Promise.resolve(vault.crash()),
    trashed: () => Promise.resolve(new Map([...vault.trashed()].map(([at, bytes]) => [at, text(bytes)]))),
    damageStaged: (staged) =>
      now(() => {
        vault.damageStaged(staged);
      }),
    stagedIds: () => Promise.resolve(vault.stagedIds()),
    dispose: () => Promise.resolve(),
  };
}

vaultContract('MemoryVault', () => Promise.resolve(subjectOf(newVault(), false)));
vaultContract('MemoryVault that ignores case', () =>
  Promise.resolve(subjectOf(newVault({ ignoresCase: true }), true)),
);

describe('MemoryVault', () => {
  it('stamps what a person writes by the given clock', async () => {
    const clock = new FakeClock({ startMs: 5_000.75 });
    const vault = newVault({ clock });
    vault.userWrite('note.md', 'x');
    expect((await vault.read(path('note.md'))).file.mtimeMs).toBe(5_000);
  });

  it('has no effect from a call that a crash overtakes, and none after', async () => {
    const vault = newVault();
    vault.userWrite('note.md', 'x');
    const overtaken = vault.moveToTrash(path('note.md'), hashOf('x'));
    const next = vault.crash();
    expect(await kindOf(overtaken)).toBe('unexpected');
    expect(await kindOf(vault.setFolder(path('a/'), 'present'))).toBe('unexpected');
    expect(await everything(next)).toEqual({ files: ['note.md'], emptyFolders: [], problems: [] });
  });

  it('[VA16] is full when its room is used up, and then changes nothing', async () => {
    const vault = newVault({ capacityBytes: 10 });
    vault.userWrite('note.md', '12345678');
    expect(await kindOf(vault.stage(chunksOf('1', '2', '3')))).toBe('disk-full');
    expect(vault.stagedIds()).toEqual([]);
    expect((await install(vault, 'b.md', '12', 'absent')).kind).toBe('done');
  });

  it('shows what a person did with files and whole folders', () => {
    const vault = newVault();
    vault.userWrite('a/one.md', '1');
    vault.userWrite('a/two.md', '2');
    vault.userRename('a', 'b');
    vault.userRename('b/one.md', 'b/two.md');
    expect([...vault.contents().keys()]).toEqual(['b/two.md']);
    vault.userDelete('b');
    expect(vault.contents().size).toBe(0);
  });
});
