import { createInterface } from 'node:readline/promises';
import { stderr, stdin } from 'node:process';
import { Writable } from 'node:stream';
import { CliError, EXIT } from './cli-error.mts';

const VARIABLE = 'TWINCLOUD_PASSPHRASE';
const MIN_LENGTH = 10;

export type AskSecret = () => Promise<string>;

/** TWINCLOUD_PASSPHRASE, else what a person types; a recovery key will do. */
export async function askSecret(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const given = env[VARIABLE] ?? '';
  if (given !== '') return given;
  return askHidden('Passphrase (or recovery key) of the encrypted vault: ');
}

/** As `askSecret`, for a passphrase that is new: typed twice, and long enough. */
export async function askNewPassphrase(
  env: NodeJS.ProcessEnv = process.env,
  variable = VARIABLE,
): Promise<string> {
  const given = env[variable] ?? '';
  if (given !== '') return longEnough(given);
  const typed = longEnough(await askHidden('New passphrase: ', variable));
  if ((await askHidden('The same once more: ', variable)) === typed) return typed;
  throw new CliError('The two passphrases differ. Nothing was changed: run it again.', EXIT.usage);
}

function longEnough(passphrase: string): string {
  if (passphrase.length >= MIN_LENGTH) return passphrase;
  throw new CliError(
    `A passphrase has ${String(MIN_LENGTH)} characters or more: who has the bucket may try millions. Some words that nobody has put together before are best.`,
    EXIT.usage,
  );
}

async function askHidden(question: string, variable = VARIABLE): Promise<string> {
  if (!stdin.isTTY) {
    throw new CliError(
      `This vault’s clouds are encrypted. Set ${variable}, or run the command in a terminal, which asks for it.`,
      EXIT.usage,
    );
  }
  stderr.write(question);
  // What is typed is shown nowhere.
  const output = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const asking = createInterface({ input: stdin, output, terminal: true });
  try {
    return await asking.question('');
  } finally {
    asking.close();
    stderr.write('\n');
  }
}
