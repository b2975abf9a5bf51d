import { defineConfig } from 'vitest/config';

const ci = process.env['CI'] === 'true';

export default defineConfig({
  // The package has types alone; the host's module imports in Node, and what needs a page fails when it is used.
  resolve: { alias: { obsidian: `${import.meta.dirname}/test/host/app/obsidian.ts` } },
  test: {
    include: ['test/**/*.test.ts'],
    // Servers start once a run, when the first suite asks for one.
    globalSetup: ['./test/support/servers/global-setup.mts'],
    // Two workers at most: the servers need the cores too.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // A server may have to start, or a tree of files to be written, in `beforeAll`.
    hookTimeout: 120_000,
    // A focused test left behind would hide all others.
    allowOnly: !ci,
    reporters: [ci ? ['default', { summary: false }] : 'default', './test/support/reporter.ts'],
  },
});
