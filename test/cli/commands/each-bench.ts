import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Bench, buildProgram } from './command.ts';

/** Builds the command once for the file that calls it, and opens a bench of its own for each test. */
export function forEachTest(take: (bench: Bench) => void): void {
  let built: Awaited<ReturnType<typeof buildProgram>>;
  let bench: Bench;
  beforeAll(async () => {
    built = await buildProgram();
  });
  afterAll(() => built.remove());
  beforeEach(async () => {
    bench = await Bench.open(built.program);
    take(bench);
  });
  afterEach(() => bench.close());
}
