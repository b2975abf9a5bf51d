import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A small disk of its own, in memory. */
export interface Disk {
  readonly folder: string;
  remountReadOnly(): Promise<void>;
  remountWritable(): Promise<void>;
  resize(sizeBytes: number): Promise<void>;
  unmount(): Promise<void>;
}

/** Whether this process may mount disks: root on Linux, outside of most containers. */
export const canMount: boolean = await tryMount();

export async function mountDisk(folder: string, sizeBytes: number): Promise<Disk> {
  await mkdir(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeBytes)}`, 'tmpfs', folder]);
  return {
    folder,
    async remountReadOnly() {
      await run('mount', ['-o', 'remount,ro', folder]);
    },
    async remountWritable() {
      await run('mount', ['-o', 'remount,rw', folder]);
    },
    async resize(bytes) {
      await run('mount', ['-o', `remount,size=${String(bytes)}`, folder]);
    },
    async unmount() {
      await run('umount', ['-l', folder]);
    },
  };
}

/** A named pipe, which blocks whoever opens it carelessly. */
export async function makePipe(path: string): Promise<void> {
  await run('mkfifo', [path]);
}

async function tryMount(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-mount-'));
  try {
    const disk = await mountDisk(folder, 65_536);
    await disk.unmount();
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}
