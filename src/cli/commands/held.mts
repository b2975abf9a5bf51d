import type { HeldDecision } from '../../engine/api.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { openLook } from '../look.mts';
import { countText } from '../../core/text/words.ts';
import { showHeld } from '../output/report-text.mts';
import { openSession } from '../session.mts';

export interface HeldOptions {
  readonly apply?: boolean;
  readonly restore?: boolean;
  readonly keep?: boolean;
}

const SAID: Readonly<Record<HeldDecision, string>> = {
  apply: 'will be done at the next sync',
  restore: 'will be brought back at the next sync',
  keep: 'stays held back',
};

/** Shows what the guard holds back, or answers it. */
export async function held(context: Context, options: HeldOptions): Promise<ExitCode> {
  const decisions = (['apply', 'restore', 'keep'] as const).filter((one) => options[one] === true);
  const [decision, another] = decisions;
  if (another !== undefined) throw new CliError('Give one of --apply, --restore and --keep.', EXIT.usage);
  return decision === undefined ? show(context) : decide(context, decision);
}

async function show(context: Context): Promise<ExitCode> {
  const look = await openLook(context);
  try {
    const { held: items } = await look.engine.status();
    context.console.json({ held: items });
    if (items.length === 0) context.console.line('Nothing is held back.');
    showHeld(context.console, items);
    return items.length > 0 ? EXIT.attention : EXIT.done;
  } finally {
    await look.close();
  }
}

async function decide(context: Context, decision: HeldDecision): Promise<ExitCode> {
  const session = await openSession(context);
  try {
    const items = await session.engine.decideHeld(decision);
    context.console.json({ decision, held: items });
    if (items.length === 0) context.console.line('Nothing is held back.');
    else context.console.line(`${countText(items.length, 'file')}: ${SAID[decision]}.`);
    if (items.length > 0 && decision !== 'keep') context.console.line('Run `twincloud sync` now.');
    return items.length > 0 && decision === 'keep' ? EXIT.attention : EXIT.done;
  } finally {
    await session.close();
  }
}
