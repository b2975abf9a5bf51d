import { expect, it } from 'vitest';
import { bench, SEALED } from './two-devices.ts';

// The engine's ordinary tests once more, over a sealed cloud: those that do not look into the bucket themselves.
process.env[SEALED] = '1';
await import('./conflicts.test.ts');
await import('./bad-meetings.test.ts');
await import('./bad-names.test.ts');
await import('./seal.test.ts');

it('[EN1] [EN2] these tests were run over objects with sealed names and contents', async () => {
  const at = bench();
  const device = at.device('laptop');
  device.vault.userWrite('canary-path.md', 'canary text');
  await device.engine.sync();
  const keys = [...at.store.objects.keys()];
  expect(keys.filter((key) => !/^\.twincloud\/(?:head|sealed\/[a-z]+\/[0-9a-f]+)$/u.test(key))).toEqual([]);
  for (const { body } of at.store.objects.values())
    expect(Buffer.from(body).toString('latin1')).not.toMatch(/canary/u);
  expect(keys.length).toBeGreaterThan(1);
});
