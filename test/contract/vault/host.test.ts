import { ObsidianVault } from '../../../src/plugin/adapters/vault/obsidian-vault.ts';
import { webHashing } from '../../../src/plugin/platform/hashing.ts';
import { webRandom } from '../../../src/plugin/platform/random.ts';
import type { App } from 'obsidian';
import { Vault as AppVault, FileManager } from '../../host/app/obsidian.ts';
import { MemoryDisk } from '../../host/app/vault/memory-disk.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { VaultSubject } from './subject.ts';
import { vaultContract } from './suite.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function newSubject(ignoresCase: boolean): Promise<VaultSubject> {
  const disk = new MemoryDisk({ now: Date.now, ignoresCase });
  const appVault = new AppVault({ disk, name: 'notes' });
  await appVault.load();
  const fileManager = new FileManager(appVault);
  fileManager.trashOption = 'local';
  const workspace = { iterateAllLeaves: () => undefined };
  const app = { vault: appVault, fileManager, workspace } as unknown as App;
  const open = (): ObsidianVault =>
    new ObsidianVault({
      app,
      hashing: webHashing,
      random: webRandom,
      clock: new FakeClock({ auto: true }),
      openStream: () => Promise.reject(new Error('no page is here')),
      dotFolders: true,
    });
  const parentsOf = async (path: string): Promise<void> => {
    const slash = path.lastIndexOf('/');
    if (slash > 0) await disk.mkdir(path.slice(0, slash));
  };
  const seen = async (change: Promise<void>): Promise<void> => {
    await change;
    await appVault.settled();
  };
  return {
    vault: open(),
    ignoresCase,
    seesLinks: false,
    trashKeepsPaths: false,
    user: {
      async write(path, text, mtimeMs) {
        await parentsOf(path);
        await seen(disk.write(path, encoder.encode(text), mtimeMs === undefined ? {} : { mtimeMs }));
      },
      read: async (path) => {
        try {
          return decoder.decode(await disk.read(path));
        } catch {
          return undefined;
        }
      },
      rename: (from, to) => seen(disk.rename(from, to)),
      delete: (path) =>
        seen(
          disk
            .stat(path)
            .then((stat) => (stat?.type === 'folder' ? disk.rmdir(path, true) : disk.remove(path))),
        ),
      mkdir: (path) => seen(disk.mkdir(path)),
      link: () => Promise.reject(new Error('links are followed')),
      unplug: () => {
        disk.faults.unplugged = true;
        return Promise.resolve();
      },
    },
    restart: () => Promise.resolve(open()),
    async trashed() {
      const files = (await disk.tree()).filter(
        ({ path, type }) => type === 'file' && path.startsWith('.trash/'),
      );
      const texts = await Promise.all(files.map(async ({ path }) => decoder.decode(await disk.read(path))));
      return new Map(files.map(({ path }, index) => [path.slice('.trash/'.length), texts[index] ?? '']));
    },
    damageStaged: (staged) => disk.write(`.twincloud-staging/${staged}`, encoder.encode('damaged')),
    async stagedIds() {
      const tree = await disk.tree();
      return tree
        .filter(({ path }) => path.startsWith('.twincloud-staging/'))
        .map(({ path }) => path.slice('.twincloud-staging/'.length));
    },
    dispose: () => {
      appVault.close();
      return Promise.resolve();
    },
  };
}

vaultContract('ObsidianVault', () => newSubject(false));
vaultContract('ObsidianVault on a disk that ignores case', () => newSubject(true));
