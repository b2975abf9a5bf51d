import { spawnSync } from 'node:child_process';

/** Quick ones first; each is an npm script, so that a failed one can be run again alone. */
const STEPS = [
  'format:check',
  'spec',
  'check:types',
  'deps',
  'knip',
  'lint',
  'lint:store',
  'build',
  'build:cli',
  'licences:check',
  'test:run',
] as const;

for (const step of STEPS) {
  const startMs = performance.now();
  console.log(`── ${step}`);
  const { status } = spawnSync('npm', ['run', '--silent', step], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`check stopped: step "${step}" failed (npm run ${step})`);
    process.exit(1);
  }
  // The tests' own closing line stays the last.
  if (step !== 'test:run') console.log(`   ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
}
