import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderVault } from '../../../src/cli/platform/folder-vault.mts';
import type { VaultSubject } from './subject.ts';
import { vaultContract } from './suite.ts';

async function textsBelow(folder: string, prefix = ''): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const disk = join(folder, entry.name);
    if (entry.isFile()) texts.set(`${prefix}${entry.name}`, await readFile(disk, 'utf8'));
    else
      for (const [below, text] of await textsBelow(disk, `${prefix}${entry.name}/`)) texts.set(below, text);
  }
  return texts;
}

async function newSubject(durability: 'fsync' | 'fast'): Promise<VaultSubject> {
  const home = await mkdtemp(join(tmpdir(), 'twincloud-vault-'));
  const root = join(home, 'vault');
  await mkdir(root);
  await mkdir(join(home, 'outside-folder'));
  await writeFile(join(home, 'outside-file'), 'outside');
  const at = (path: string): string => join(root, path);
  const staging = at('.twincloud-staging');
  return {
    vault: new FolderVault(root, { durability }),
    ignoresCase: false,
    seesLinks: true,
    trashKeepsPaths: true,
    user: {
      async write(path, text, mtimeMs) {
        await mkdir(dirname(at(path)), { recursive: true });
        await writeFile(at(path), text);
        // Half a millisecond more: a vault counts whole ones.
        if (mtimeMs !== undefined) await utimes(at(path), 0, (mtimeMs + 0.5) / 1000);
      },
      read: (path) => readFile(at(path), 'utf8').catch(() => undefined),
      rename: (from, to) => rename(at(from), at(to)),
      delete: (path) => rm(at(path), { recursive: true }),
      async mkdir(path) {
        await mkdir(at(path), { recursive: true });
      },
      async link(path, to) {
        await mkdir(dirname(at(path)), { recursive: true });
        await symlink(join(home, `outside-${to}`), at(path));
      },
      unplug: () => rename(root, join(home, 'away')),
    },
    restart: () => Promise.resolve(new FolderVault(root, { durability })),
    trashed: () => textsBelow(at('.trash')),
    damageStaged: (staged) => writeFile(join(staging, staged), 'damaged'),
    stagedIds: () => readdir(staging).catch(() => []),
    dispose: () => rm(home, { recursive: true }),
  };
}

vaultContract('FolderVault', () => newSubject('fsync'));
vaultContract('FolderVault without fsync', () => newSubject('fast'));
