import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SeededRandom } from '../support/seeded-random.ts';
import type { Device } from './device.mts';
import { tokensIn, type Ledger } from './ledger.mts';
import { exists, pathsIn, tokensAt } from './vault-files.mts';

const FOLDERS = ['', 'Journal', 'Work', 'Work/Plans', 'Work/Plans/Old', 'Rezepte für später', '日記'];
const WORDS = ['water', 'tree', 'Straße', 'naïve', '水', 'meeting', 'tomorrow', 'garden', 'why', '🌱'];
const KIB = 1024;
const MIB = 1024 * KIB;

export type Deed =
  'create' | 'append' | 'edit' | 'insert' | 'rename' | 'delete' | 'move-folder' | 'attach' | 'replace';

const DEEDS: readonly Deed[] = [
  ...Array<Deed>(5).fill('create'),
  ...Array<Deed>(6).fill('append'),
  ...Array<Deed>(7).fill('edit'),
  ...Array<Deed>(3).fill('insert'),
  ...Array<Deed>(4).fill('rename'),
  ...Array<Deed>(2).fill('delete'),
  'move-folder',
  'attach',
  'replace',
];

/** Somebody at a device who writes, and whose every line is in the ledger. */
export class Person {
  readonly #device: Device;
  readonly #ledger: Ledger;
  readonly #random: SeededRandom;
  readonly #mostAttachmentBytes: number;
  #count = 0;

  constructor(options: {
    readonly device: Device;
    readonly ledger: Ledger;
    readonly random: SeededRandom;
    readonly mostAttachmentBytes: number;
  }) {
    this.#device = options.device;
    this.#ledger = options.ledger;
    this.#random = options.random;
    this.#mostAttachmentBytes = options.mostAttachmentBytes;
  }

  async edits(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.does(this.#random.pick(DEEDS));
  }

  /** New notes alone: while a sync runs, a program that reads and then writes could itself undo what came between. */
  async adds(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.does('create');
  }

  async does(deed: Deed): Promise<void> {
    // The numbers drawn do not depend on what the vault holds, which depends on when a kill met it.
    const random = this.#random.fork();
    switch (deed) {
      case 'create':
        return this.#create(random);
      case 'attach':
        return this.#attach(random, this.#newPath(random, 'bin'));
      case 'replace':
        return this.#replace(random);
      case 'append':
        return this.#onNote(random, (path) => appendFile(path.full, this.#line(path.path, random)));
      case 'edit':
      case 'insert':
        return this.#onNote(random, (path) => this.#rewrite(path, random, deed));
      case 'rename':
        return this.#onAny(random, (path) => this.#rename(path.path, random));
      case 'delete':
        return this.#onAny(random, async ({ path, full }) => {
          this.#ledger.takeAway(await tokensAt(this.#device.vault, path));
          await rm(full);
        });
      case 'move-folder':
        return this.#moveFolder(random);
    }
  }

  #line(path: string, random: SeededRandom): string {
    const words = Array.from({ length: 1 + random.below(12) }, () => random.pick(WORDS)).join(' ');
    return `${words} ${this.#ledger.write(this.#device.name, path)}\n`;
  }

  #newPath(random: SeededRandom, extension: string): string {
    this.#count += 1;
    const folder = random.pick(FOLDERS);
    return join(folder, `${random.pick(WORDS)} ${this.#device.name}${String(this.#count)}.${extension}`);
  }

  async #create(random: SeededRandom): Promise<void> {
    const path = this.#newPath(random, 'md');
    const lines = Array.from({ length: 1 + random.below(random.chance(0.05) ? 2_000 : 12) }, () =>
      this.#line(path, random),
    );
    const full = join(this.#device.vault, path);
    await mkdir(dirname(full), { recursive: true });
    // As an editor does, so that what a sync may see of it is a whole line each.
    await writeFile(full, lines.join(''));
  }

  async #rewrite(at: At, random: SeededRandom, deed: 'edit' | 'insert'): Promise<void> {
    const lines = (await readFile(at.full, 'utf8')).split(/(?<=\n)/u);
    const index = random.below(lines.length);
    const gone = deed === 'edit' ? (lines[index] ?? '') : '';
    lines.splice(index, deed === 'edit' ? 1 : 0, this.#line(at.path, random));
    this.#ledger.takeAway(tokensIn(gone));
    await writeFile(at.full, lines.join(''));
  }

  async #rename(path: string, random: SeededRandom): Promise<void> {
    const to = join(this.#device.vault, this.#newPath(random, path.endsWith('.bin') ? 'bin' : 'md'));
    await mkdir(dirname(to), { recursive: true });
    await rename(join(this.#device.vault, path), to);
  }

  async #moveFolder(random: SeededRandom): Promise<void> {
    const from = join(this.#device.vault, random.pick(FOLDERS.slice(1)));
    this.#count += 1;
    const to = join(this.#device.vault, `Moved ${this.#device.name}${String(this.#count)}`);
    if (await exists(from)) await rename(from, to);
  }

  async #replace(random: SeededRandom): Promise<void> {
    const paths = (await pathsIn(this.#device.vault)).filter((path) => path.endsWith('.bin'));
    if (paths.length === 0) return;
    const path = random.pick(paths);
    this.#ledger.takeAway(await tokensAt(this.#device.vault, path));
    await this.#attach(random, path);
  }

  async #attach(random: SeededRandom, path: string): Promise<void> {
    const most = this.#mostAttachmentBytes;
    const sizeBytes = 64 + random.below(random.chance(0.2) ? most : Math.min(most, 300 * KIB));
    const piece = Buffer.from(random.hex(2 * Math.min(sizeBytes, MIB)), 'hex');
    const bytes = Buffer.alloc(sizeBytes, piece);
    bytes.write(`${this.#ledger.write(this.#device.name, path)} `, 0, 'latin1');
    const full = join(this.#device.vault, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, bytes);
  }

  async #onNote(random: SeededRandom, deed: (at: At) => Promise<void>): Promise<void> {
    const notes = (await pathsIn(this.#device.vault)).filter((path) => path.endsWith('.md'));
    await this.#onOne(notes, random, deed);
  }

  async #onAny(random: SeededRandom, deed: (at: At) => Promise<void>): Promise<void> {
    await this.#onOne(await pathsIn(this.#device.vault), random, deed);
  }

  async #onOne(
    paths: readonly string[],
    random: SeededRandom,
    deed: (at: At) => Promise<void>,
  ): Promise<void> {
    if (paths.length === 0) return;
    const path = random.pick(paths);
    await deed({ path, full: join(this.#device.vault, path) });
  }
}

interface At {
  readonly path: string;
  readonly full: string;
}
