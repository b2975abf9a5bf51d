import { readActivity, type LogLine } from '../activity-log.mts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { timeText } from '../output/human.mts';
import { findSetup } from '../session.mts';

export interface LogOptions {
  readonly number?: string;
  readonly path?: string;
}

const OWN_FIELDS = ['timeMs', 'level', 'event', 'path', 'other'];

/** What was done on this device, newest first. */
export async function log(context: Context, options: LogOptions): Promise<ExitCode> {
  const most = Number(options.number ?? '50');
  if (!Number.isSafeInteger(most) || most < 0) throw new CliError('-n takes a whole number.', EXIT.usage);
  const { stateFolder } = await findSetup(context);
  const { console } = context;
  const lines = (await readActivity(stateFolder))
    .filter((line) => isAbout(line, options.path))
    .slice(0, most);
  console.json({ lines });
  if (lines.length === 0) console.line('Nothing is recorded.');
  console.lines(lines.map((line) => console.name(lineText(line))));
  return EXIT.done;
}

/** The path itself, or what lies below it. */
function isAbout(line: LogLine, path: string | undefined): boolean {
  if (path === undefined) return true;
  const folder = path.endsWith('/') ? path : `${path}/`;
  return [line['path'], line['other']].some(
    (one) => typeof one === 'string' && (one === path || one.startsWith(folder)),
  );
}

function lineText(line: LogLine): string {
  const paths = [line['path'], line['other']].filter((one) => one !== undefined).join(' <- ');
  const rest = Object.entries(line).filter(([field]) => !OWN_FIELDS.includes(field));
  const about = rest.map(([field, value]) =>
    field === 'reason' ? String(value) : `${field}: ${String(value)}`,
  );
  const level = line.level === 'info' ? '' : `${line.level.toUpperCase()} `;
  const why = about.length === 0 ? '' : ` (${about.join(', ')})`;
  return `${timeText(line.timeMs)}  ${level}${line.event}${paths === '' ? '' : ` ${paths}`}${why}`;
}
