import { createInterface } from 'node:readline/promises';
import { stderr, stdin } from 'node:process';
import { CliError, EXIT } from './cli-error.mts';

/** What a person types, without spaces around it. Where nobody can type, rejects and names `--yes`. */
export async function askLine(question: string, signal: AbortSignal): Promise<string> {
  if (!stdin.isTTY)
    throw new CliError(
      'Nobody can be asked here. Run it in a terminal, or add --yes to go ahead.',
      EXIT.usage,
    );
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    return (await asking.question(`${question} `, { signal })).trim();
  } finally {
    asking.close();
  }
}

export async function isAgreed(question: string, signal: AbortSignal): Promise<boolean> {
  return (await askLine(`${question} Type yes to go ahead:`, signal)).toLowerCase() === 'yes';
}
