import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/storage/folder/folder-store.mts';
import { key, keys } from '../contract/object-store/subject-fixture.ts';

const RACERS = 8;
const KILLS = 16;
const RACER = path.join(import.meta.dirname, 'folder-racer.mts');

interface Line {
  readonly racer: string;
  readonly word: string;
  readonly rest: string;
}

describe('a folder raced by processes that are killed', () => {
  let folder: string;
  const running = new Set<ChildProcess>();
  const lines: Line[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'folder-race-'));
  });
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** A new process, once it is ready to race. */
  async function start(racer: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--import', 'tsx', RACER, folder, racer], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(child);
    const output = createInterface({ input: child.stdout });
    const ready = once(output, 'line');
    output.on('line', (line) => {
      const [word = '', ...rest] = line.split(' ');
      lines.push({ racer, word, rest: rest.join(' ') });
    });
    await Promise.race([
      ready,
      once(child, 'exit').then(() => Promise.reject(new Error(`${racer} ended before it began`))),
    ]);
    return child;
  }

  /** Kills it without warning, once it has said `tries` times that it is about to write. */
  async function killAfter(child: ChildProcess, racer: string, tries: number): Promise<void> {
    const gone = once(child, 'exit');
    const tried = new Promise<'tried'>((resolve) => {
      const watch = (): void => {
        if (lines.filter((line) => line.racer === racer && line.word === 'try').length >= tries)
          resolve('tried');
      };
      child.stdout?.on('data', watch);
      watch();
    });
    const first = await Promise.race([tried, gone]);
    if (first !== 'tried') throw new Error(`${racer} ended by itself`);
    // Some way into the write: spinning is finer than any timer.
    const untilNs = process.hrtime.bigint() + BigInt(randomInt(3_000_000));
    while (process.hrtime.bigint() < untilNs);
    child.kill('SIGKILL');
    await gone;
    running.delete(child);
  }

  it('[ST17] every count has exactly one winner, no read is torn, and nobody is told a lie', async () => {
    const kills = Array.from({ length: RACERS }, async (_, lane) => {
      for (let life = 0; life < KILLS / RACERS; life++) {
        const racer = `racer-${String(lane)}-${String(life)}`;
        await killAfter(await start(racer), racer, 1 + randomInt(60));
      }
    });
    await Promise.all(kills);

    const random = { hex: (digits: number) => randomBytes(digits).toString('hex').slice(0, digits) };
    const store = new FolderStore({ folder, clock: Date, random });
    const last = await store.get(key('.twincloud/head'));
    if (last.kind !== 'found') throw new Error(last.kind);
    const reached = Number(last.metadata['count']);

    expect(lines.filter(({ word }) => word === 'torn')).toEqual([]);
    const winners = lines.filter(({ word }) => word === 'won').map(({ rest }) => Number(rest));
    expect(winners).toHaveLength(new Set(winners).size);
    expect(Math.max(...winners)).toBeLessThanOrEqual(reached);
    // A count without a winner was written by one that was killed, or left unsure, while it tried that count.
    const orphans = Array.from({ length: reached }, (_, i) => i + 1).filter((n) => !winners.includes(n));
    const unanswered = new Set(
      lines
        .filter(({ word }) => word === 'try')
        .filter(
          (tried) =>
            !lines.some(
              ({ racer, word, rest }) =>
                racer === tried.racer && rest === tried.rest && (word === 'won' || word === 'lost'),
            ),
        )
        .map(({ rest }) => Number(rest)),
    );
    expect(orphans.filter((n) => !unanswered.has(n))).toEqual([]);
    expect(reached).toBeGreaterThan(RACERS);

    // What the killed left behind is in nobody's way.
    expect(await keys(store)).toEqual(['.twincloud/head', 'notes/plain.md']);
    await store.put(key('.twincloud/head'), Buffer.from('on'), { ifMatch: last.etag });
    await store.close();
  }, 120_000);
});
