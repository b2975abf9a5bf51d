/**
 * A vault as people have them, and changes to it; the same arguments give the same bytes.
 *
 *     genvault.mts create FOLDER --notes 1000 --attach 20 --seed 1
 *     genvault.mts edit FOLDER --n 10 --seed 2
 *     genvault.mts rename FOLDER --n 100 --seed 3
 *
 * Notes are prose with links and lists, half of them below 2 KB and few above 60 KB; attachments do
 * not compress. Says as JSON what it did.
 */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { numberOption } from './arguments.mts';
import { chance, type Chance } from './random.mts';

const KIB = 1024;
const MEDIAN_NOTE_BYTES = 2 * KIB;
const NOTE_SPREAD = 1.1;
const FIRST_MTIME_S = 1_690_000_000;
const CONSONANTS = 'b d f g h k l m n p r s t v z'.split(' ');
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ei', 'ou', 'ä'];

function vocabulary(random: Chance, size: number): string[] {
  const words = new Set<string>();
  while (words.size < size) {
    const syllables = Array.from(
      { length: 1 + random.below(4) },
      () => random.pick(CONSONANTS) + random.pick(VOWELS),
    );
    words.add(syllables.join(''));
  }
  return [...words];
}

interface Language {
  readonly random: Chance;
  readonly words: readonly string[];
  readonly titles: readonly string[];
}

function sentence({ random, words, titles }: Language): string {
  const spoken = Array.from({ length: 5 + random.below(15) }, () =>
    random.next() < 0.02 ? `[[${random.pick(titles)}]]` : random.pickEarly(words),
  );
  return `${spoken.join(' ')}. `;
}

function note(language: Language, title: string, sizeBytes: number): string {
  const { random, words, titles } = language;
  const day = String(1 + random.below(28)).padStart(2, '0');
  let text = `---\ncreated: 2024-05-${day}\ntags: [${random.pickEarly(words)}]\n---\n\n# ${title}\n\n`;
  while (text.length < sizeBytes) {
    const kind = random.next();
    if (kind < 0.05) text += `\n\n## ${random.pickEarly(words)}\n\n`;
    else if (kind < 0.12) text += `\n- [ ] ${random.pickEarly(words)} [[${random.pick(titles)}]]\n`;
    else text += sentence(language);
  }
  return text.slice(0, sizeBytes);
}

function noteBytes(random: Chance): number {
  const usual = Math.round(MEDIAN_NOTE_BYTES * Math.exp(NOTE_SPREAD * random.normal()));
  const isBook = random.next() < 0.002;
  return Math.min(Math.max(isBook ? 100 * KIB : usual, 40), 400 * KIB);
}

function attachment(random: Chance): Buffer {
  const isLarge = random.next() < 0.05;
  const words = isLarge ? 75_000 + random.below(1_200_000) : 25_000 + random.below(50_000);
  const bytes = Buffer.allocUnsafe(words * 4);
  for (let i = 0; i < words; i += 1) bytes.writeUInt32LE(Math.floor(random.next() * 2 ** 32), i * 4);
  return bytes;
}

/** About 25 notes a folder, nested up to five deep, one name in twenty beyond ASCII. */
function folderNames(random: Chance, words: readonly string[], notes: number): string[] {
  const folders = [''];
  for (let i = 0; i < Math.max(4, notes / 25); i += 1) {
    const parent = random.pick(folders);
    const name = `${random.pickEarly(words)} ${i}${random.next() < 0.05 ? ' 日記 é' : ''}`;
    if (parent.split('/').length <= 5) folders.push(`${parent}${name}/`);
  }
  return folders;
}

function createVault(folder: string, options: { notes: number; attach: number; seed: number }): object {
  const random = chance(options.seed);
  const words = vocabulary(random, 4_000);
  const folders = folderNames(random, words, options.notes);
  const titles = Array.from(
    { length: options.notes },
    (_, i) => `${random.pickEarly(words)} ${random.pickEarly(words)} ${i}`,
  );
  for (const name of [...folders, 'attachments/']) mkdirSync(join(folder, name), { recursive: true });
  let bytes = 0;
  let written = 0;
  const write = (path: string, contents: Buffer): void => {
    writeFileSync(join(folder, path), contents);
    const mtime = FIRST_MTIME_S + written * 11;
    utimesSync(join(folder, path), mtime, mtime);
    bytes += contents.length;
    written += 1;
  };
  for (const title of titles) {
    const text = note({ random, words, titles }, title, noteBytes(random));
    write(`${random.pick(folders)}${title}.md`, Buffer.from(text));
  }
  for (let i = 0; i < options.attach; i += 1) {
    write(`attachments/figure ${i}.${random.pick(['png', 'jpg', 'pdf'])}`, attachment(random));
  }
  return { notes: options.notes, attachments: options.attach, folders: folders.length, bytes };
}

/** `count` notes, each at most once. */
function someNotes(folder: string, random: Chance, count: number): string[] {
  const notes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.split('/').some((part) => part.startsWith('.')))
    .sort();
  const chosen: string[] = [];
  while (chosen.length < count && notes.length > 0)
    chosen.push(...notes.splice(random.below(notes.length), 1));
  return chosen.map((path) => join(folder, path));
}

function editNotes(folder: string, options: { n: number; seed: number }): object {
  const random = chance(options.seed);
  let bytes = 0;
  const notes = someNotes(folder, random, options.n);
  for (const path of notes) {
    appendFileSync(path, `\nA line added later, number ${random.below(1e9)}.\n`);
    bytes += statSync(path).size;
  }
  return { edited: notes.length, bytes };
}

function renameNotes(folder: string, options: { n: number; seed: number }): object {
  const random = chance(options.seed);
  let bytes = 0;
  const notes = someNotes(folder, random, options.n);
  for (const path of notes) {
    bytes += statSync(path).size;
    renameSync(path, join(dirname(path), `moved ${random.below(1e9)} ${basename(path)}`));
  }
  return { renamed: notes.length, bytes };
}

function main(args: readonly string[]): object {
  const [command, folder] = args;
  const option = (name: string, fallback: number): number => numberOption(args, name, fallback);
  if (folder !== undefined && !folder.startsWith('--')) {
    const notes = option('notes', 1_000);
    if (command === 'create') {
      return createVault(folder, {
        notes,
        attach: option('attach', Math.round(notes / 50)),
        seed: option('seed', 1),
      });
    }
    if (command === 'edit') return editNotes(folder, { n: option('n', 10), seed: option('seed', 2) });
    if (command === 'rename') return renameNotes(folder, { n: option('n', 100), seed: option('seed', 3) });
  }
  throw new Error(
    'usage: genvault.mts create|edit|rename FOLDER [--notes N] [--attach N] [--n N] [--seed N]',
  );
}

console.log(JSON.stringify(main(process.argv.slice(2))));
