import type { FileEntry } from '../src/core/model/entry.ts';
import type { ContentHash, DeviceId } from '../src/core/model/ids.ts';
import type { VaultPath } from '../src/core/model/vault-path.ts';
import type { LocalFile, PlanInput } from '../src/core/plan/plan.ts';
import { plan } from '../src/core/plan/planner.ts';
import type { StepResult } from './result.mts';

const CHANGED_PART = 100;
const DEVICE = '0123456789abcdef' as DeviceId;

/** Plans a vault in which one file in a hundred was edited here, and another one in the cloud. */
export function measurePlanning(files: number): StepResult {
  const input = inputOf(files);
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const { actions } = plan(input);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(startedCpu);
  const expected = 2 * Math.ceil(files / CHANGED_PART);
  if (actions.length !== expected) throw new Error(`${actions.length} actions are planned, not ${expected}`);
  const title = `planning ${files} × ${files} files`;
  return { step: 'plan', title, times: { seconds, cpuSeconds: (user + system) / 1e6 } };
}

function contents(number: number): ContentHash {
  return number.toString(16).padStart(64, '0') as ContentHash;
}

function inputOf(count: number): PlanInput {
  const files = new Map<VaultPath, LocalFile>();
  const base = new Map<VaultPath, { readonly hash: ContentHash }>();
  const remote = new Map<VaultPath, FileEntry>();
  for (let i = 0; i < count; i += 1) {
    const path = `Area ${i % 1009}/Note ${i}.md` as VaultPath;
    const part = i % CHANGED_PART;
    base.set(path, { hash: contents(i) });
    files.set(path, { hash: contents(part === 0 ? count + i : i), sizeBytes: 2_000, mtimeMs: 0 });
    remote.set(path, {
      path,
      hash: contents(part === 1 ? count + i : i),
      sizeBytes: 2_000,
      mtimeMs: 0,
      generation: 1,
      device: DEVICE,
      prev: [],
    });
  }
  const policy = { inScope: () => true, nameProblem: () => undefined, deviceName: 'bench', timeMs: 0 };
  return { local: { files, unknown: new Map() }, base, remote, fresh: false, skipped: new Map(), policy };
}
