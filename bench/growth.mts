/**
 * How requests, bytes, times and memory grow with the vault, and whether they are what the design says.
 *
 *     npm run bench:growth -- [--sizes 1000,10000,50000,100000] [--rtt 50] [--write]
 *
 * `--write` puts the table and the plot into docs/performance.md's folder. Ends with 1 where a count is
 * further than a tenth from its formula.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { CloudWork, type CloudStep } from './cloud-steps.mts';
import { expectedDownload, expectedUpload, shapeOf, TOLERANCE, type Expected } from './expected.mts';
import { plotOf, type Series } from './plot.mts';
import type { StepResult } from './result.mts';
import { Rig } from './rig.mts';
import { bytesText, table } from './table.mts';

const DOCS = resolve(import.meta.dirname, '../docs');
const NOTES_AN_ATTACHMENT = 50;
const STEPS = [
  'upload',
  'no-op',
  'download',
  'edit',
  'edit-received',
  'rename',
] as const satisfies CloudStep[];
const NOTHING: Expected = { requests: 1, bytes: 0 };
/** A pack and the head, after a look at the head; the head, then the pack. */
const EDIT = 3;
const RECEIVED = 2;

interface Row extends StepResult {
  readonly notes: number;
  readonly expected: Partial<Expected>;
}

const options = new Command('bench:growth')
  .option(
    '--sizes <counts>',
    'Notes, several vaults',
    (text) => text.split(',').map(Number),
    [1_000, 10_000, 50_000, 100_000],
  )
  .option('--rtt <ms>', 'Each request is held so long', Number, 50)
  .option('--write', 'Put the table and the plot into docs')
  .parse()
  .opts<{ readonly sizes: readonly number[]; readonly rtt: number; readonly write?: boolean }>();

const rows: Row[] = [];
for (const notes of options.sizes) rows.push(...(await measure(notes)));
const machine = `Node ${process.version}, ${String(cpus().length)} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}, ${String(options.rtt)} ms a request.`;
const text = `${machine}\n\n\`\`\`text\n${asTable()}\n\`\`\`\n`;
console.log(text);
if (options.write === true) {
  await writeFile(
    join(DOCS, 'performance-growth.md'),
    `# How it grows\n\n\`npm run bench:growth -- --write\` made this page.\n\n${text}\n![Seconds by notes](performance-growth.svg)\n`,
  );
  await writeFile(join(DOCS, 'performance-growth.svg'), plotOf('Seconds by number of notes', seriesOf()));
}
const off = rows.filter((row) => !isExpected(row));
for (const row of off) console.error(`${String(row.notes)} notes, ${row.title}: not what the formula says`);
if (off.length > 0) process.exitCode = 1;

async function measure(notes: number): Promise<Row[]> {
  const rig = await Rig.open({ rttMs: options.rtt });
  try {
    const work = new CloudWork(rig, { notes, attachments: Math.ceil(notes / NOTES_AN_ATTACHMENT) });
    await work.prepare();
    const shape = await shapeOf(work.vault);
    const expected: Readonly<Record<(typeof STEPS)[number], Partial<Expected>>> = {
      upload: expectedUpload(shape),
      'no-op': NOTHING,
      download: expectedDownload(shape),
      edit: { requests: EDIT },
      'edit-received': { requests: RECEIVED },
      rename: { requests: EDIT },
    };
    const found: Row[] = [];
    for (const step of STEPS) {
      const result = await work.run(step);
      console.error(`${String(notes)}: ${result.title}: ${result.times.seconds.toFixed(2)} s`);
      found.push({ ...result, notes, expected: expected[step] });
    }
    return found;
  } finally {
    await rig.close();
  }
}

function bytesOf({ counts }: StepResult): number {
  return counts === undefined ? 0 : counts.bytesUp + counts.bytesDown;
}

/** Within a tenth; one request more or less is no tenth of a few. */
function isExpected(row: Row): boolean {
  const { requests, bytes } = row.expected;
  const near = (value: number, wanted: number | undefined, slack: number): boolean =>
    wanted === undefined || Math.abs(value - wanted) <= Math.max(slack, wanted * TOLERANCE);
  return near(row.counts?.requests ?? 0, requests, 1) && near(bytesOf(row), bytes, 1_000);
}

function asTable(): string {
  const head = ['notes', 'step', 'requests', 'formula', 'bytes', 'formula', 'time', 'CPU', 'memory'];
  const lines = rows.map((row) => [
    String(row.notes),
    row.title.replace(/ of \d+ notes$/u, ''),
    String(row.counts?.requests ?? 0),
    row.expected.requests === undefined ? '' : String(row.expected.requests),
    bytesText(bytesOf(row)),
    row.expected.bytes === undefined ? '' : bytesText(row.expected.bytes),
    `${row.times.seconds.toFixed(2)} s`,
    `${(row.times.cpuSeconds ?? 0).toFixed(2)} s`,
    bytesText(row.times.peakRssBytes ?? 0),
  ]);
  return table([head, ...lines]);
}

function seriesOf(): readonly Series[] {
  return STEPS.map((step) => ({
    name: rows.find((row) => row.step === step)?.title.replace(/ of \d+ notes$/u, '') ?? step,
    points: rows
      .filter((row) => row.step === step)
      .map((row) => ({ x: row.notes, y: Math.max(0.01, row.times.seconds) })),
  }));
}
