import { countText } from '../../core/text/words.ts';
import { EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { openSession } from '../session.mts';

/** Switches to a backup, or back. The next sync sends what waits, and imports what the former cloud has beyond. */
export async function promote(context: Context, name: string): Promise<ExitCode> {
  const { console, signal } = context;
  const session = await openSession(context);
  try {
    const promoted = await session.engine.promote(name, signal);
    console.json({ vault: session.setup.config.vault, ...promoted });
    console.line(TEXTS[promoted.kind](console.name(name)));
    if (promoted.behindCommits > 0) {
      console.line(
        `It lacks ${countText(promoted.behindCommits, 'commit')} that this device knows: what of them is in this vault is sent by the next sync; the rest comes when the other cloud is back.`,
      );
    }
    if (promoted.kind !== 'already') console.line('Go on with: twincloud sync');
    return EXIT.done;
  } finally {
    await session.close();
  }
}

const TEXTS = {
  promoted: (name: string) =>
    `"${name}" is the vault’s cloud now. Devices that know it follow by themselves.`,
  joined: (name: string) => `"${name}" had been made the vault’s cloud by another device. This one follows.`,
  already: (name: string) => `"${name}" is the vault’s cloud already. Nothing was changed.`,
} as const;
