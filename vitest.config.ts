import { defineConfig } from 'vitest/config';

const ci = process.env['CI'] === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two workers at most: suites start servers of their own, which need the cores too.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // A suite's server may have to start, or a tree of files to be written, in `beforeAll`.
    hookTimeout: 120_000,
    globalSetup: ['./test/support/servers/global-setup.mts'],
    // A focused test left behind would hide all others.
    allowOnly: !ci,
    reporters: [ci ? ['default', { summary: false }] : 'default', './test/support/reporter.ts'],
  },
});
