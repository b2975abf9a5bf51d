import { nodeClock } from '../src/cli/platform/clock.mts';
import { nodeCompression } from '../src/cli/platform/compression.mts';
import { FolderVault } from '../src/cli/platform/folder-vault.mts';
import { nodeHashing } from '../src/cli/platform/hashing.mts';
import { nodeRandom } from '../src/cli/platform/random.mts';
import type { DeviceId } from '../src/core/model/ids.ts';
import type { VaultPath } from '../src/core/model/vault-path.ts';
import { DEFAULT_SETTINGS, type EngineDeps } from '../src/engine/api.ts';
import { MemoryState } from '../src/engine/memory/memory-state.ts';
import { scan } from '../src/engine/scan/scan.ts';
import type { LocalRow } from '../src/engine/state.ts';
import { MemoryStore } from '../src/storage/memory/memory-store.ts';

export interface Scanned {
  readonly files: number;
  /** Of the second scan: nothing is read, every file is looked at. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Scans a vault that was scanned before and did not change. */
export async function measureScan(folder: string): Promise<Scanned> {
  const deps = depsOf(folder);
  const rows = new Map<VaultPath, LocalRow>();
  const hashedAt = nodeClock.now();
  for (const file of (await scanned(deps, rows)).files) rows.set(file[0], { ...file[1], hashedAt });
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const { files } = await scanned(deps, rows);
  const { user, system } = process.cpuUsage(startedCpu);
  return {
    files: files.size,
    seconds: (performance.now() - startedMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
  };
}

async function scanned(deps: EngineDeps, rows: ReadonlyMap<VaultPath, LocalRow>): ReturnType<typeof scan> {
  const listing = await deps.vault.list({ include: () => true });
  return scan(deps, { listing, rows, rehashDay: undefined, signal: undefined, onProgress: undefined });
}

function depsOf(folder: string): EngineDeps {
  return {
    vault: new FolderVault(folder),
    store: new MemoryStore({ clock: nodeClock }),
    state: new MemoryState(),
    clock: nodeClock,
    random: nodeRandom,
    hashing: nodeHashing,
    compression: nodeCompression,
    log: { write: () => undefined },
    device: { id: nodeRandom.hex(16) as DeviceId, name: 'bench' },
    settings: DEFAULT_SETTINGS,
  };
}
