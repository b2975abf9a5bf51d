import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveToTrash } from '../../../src/cli/platform/folder-trash.mts';
import { moveOver, moveToClaimed, moveToFree } from '../../../src/cli/platform/place-file.mts';
import { look, type Sighting } from '../../../src/cli/platform/plain-file.mts';

let folder: string;
let seen: Sighting;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twincloud-place-'));
  await writeFile(at('from'), 'seen');
  const sighting = look(at('from'));
  if (sighting === undefined) throw new Error('written above');
  seen = sighting;
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Saves as many editors do: a new file takes the name. */
async function save(name: string, text: string): Promise<void> {
  await writeFile(at('saving'), text);
  await rename(at('saving'), at(name));
}

async function files(): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(at(name), 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}

// The second serves file systems without links; both must do the same.
describe.each([
  { name: 'moveToFree', move: moveToFree },
  { name: 'moveToClaimed', move: moveToClaimed },
])('$name', ({ move }) => {
  it('[VA21] moves the version that was seen', async () => {
    expect(move(at('from'), at('to'), seen)).toBe('done');
    expect(await files()).toEqual({ to: 'seen' });
  });

  it('[VA21] leaves both files where the name is taken', async () => {
    await writeFile(at('to'), 'mine');
    expect(move(at('from'), at('to'), seen)).toBe('changed');
    expect(await files()).toEqual({ from: 'seen', to: 'mine' });
  });

  it('[VA21] leaves a file that was saved since', async () => {
    await save('from', 'edit');
    expect(move(at('from'), at('to'), seen)).toBe('changed');
    expect(await files()).toEqual({ from: 'edit' });
  });
});

describe('moveOver', () => {
  it('[VA12] replaces the version that was seen, and no other', async () => {
    await writeFile(at('new'), 'new');
    expect(moveOver(at('new'), at('from'), seen)).toBe('done');
    expect(await files()).toEqual({ from: 'new' });
    await writeFile(at('newer'), 'newer');
    expect(moveOver(at('newer'), at('from'), seen)).toBe('changed');
    expect(await files()).toEqual({ from: 'new', newer: 'newer' });
  });
});

describe('moveToTrash', () => {
  it('[VA26] leaves a file that was saved since', async () => {
    await save('from', 'edit');
    expect(moveToTrash(at('from'), folder, 'gone.md', seen)).toBeUndefined();
    expect(await files()).toEqual({ from: 'edit' });
  });

  it('[VA25] takes the next free number', async () => {
    await writeFile(at('gone.md'), '1');
    await writeFile(at('gone 2.md'), '2');
    expect(moveToTrash(at('from'), folder, 'gone.md', seen)).toBe(at('gone 3.md'));
    expect(await files()).toEqual({ 'gone.md': '1', 'gone 2.md': '2', 'gone 3.md': 'seen' });
  });
});
