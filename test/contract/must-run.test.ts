import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mustRun, mustRunByPort } from './must-run.ts';

describe('subjects that must run', () => {
  const subjects = Object.entries(mustRunByPort).flatMap(([port, names]) =>
    names.map((name) => [port, name] as const),
  );

  it.each(subjects)('%s: %s has its test file', (port, name) => {
    expect(existsSync(join(import.meta.dirname, port, `${name}.test.ts`))).toBe(true);
  });

  it('fail in CI and may be skipped elsewhere', () => {
    expect(mustRun('object-store', 's3-ceph', { CI: 'true' })).toBe(true);
    expect(mustRun('object-store', 's3-ceph', {})).toBe(false);
  });

  it('are those of the list alone', () => {
    expect(() => mustRun('object-store', 's3-cehp', {})).toThrow(/lists no subject "s3-cehp"/u);
    expect(() => mustRun('objectstore', 'memory', {})).toThrow(/of the port "objectstore"/u);
  });
});
