import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, buildProgram } from '../cli/commands/command.ts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { RunningServer } from '../support/servers/server.mts';
import { startServer } from '../support/servers/versitygw.mts';

/** Nothing else has these words: where they stand, something leaked. */
const WRONG_SECRET = 'canary-secret-of-nobody-7f3a91c2';
const TOKEN = 'canary-session-token-5b8e20d4';
const WRITING = 'canary-of-a-private-thought-c19d';
const NAME = 'Canary of a name 83be.md';

let bench: Bench;
let server: RunningServer;
let built: Awaited<ReturnType<typeof buildProgram>>;
/** All that was said, on either stream, with the command that said it. */
const said: { readonly command: string; readonly text: string }[] = [];
let secret = '';

/** The command with the right keys, with wrong ones, and on a server that has gone; each once as JSON. */
beforeAll(async () => {
  built = await buildProgram();
  bench = await Bench.open(built.program);
  server = await startServer({ dataFolder: join(bench.folder, 'data') });
  secret = server.secretAccessKey;
  const remote = `s3://${await createBucket(server)}/notes?endpoint=${server.endpoint}&region=${server.region}`;
  await bench.write(NAME, `# Private\n${WRITING}\n`);
  await bench.write('other.md', 'something else\n');
  const right = {
    TWINCLOUD_S3_ACCESS_KEY_ID: server.accessKeyId,
    TWINCLOUD_S3_SECRET_ACCESS_KEY: secret,
  };
  const wrong = { ...right, TWINCLOUD_S3_SECRET_ACCESS_KEY: WRONG_SECRET };
  const temporary = { ...right, TWINCLOUD_S3_SESSION_TOKEN: TOKEN };
  const run = async (args: readonly string[], env: NodeJS.ProcessEnv, device = 'a'): Promise<void> => {
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await bench.run([...args, ...more], { device, env });
      said.push({ command: args.join(' '), text: stdout + stderr });
    }
  };
  await run(['init', '--remote', remote], wrong);
  await run(['init', '--remote', remote], right);
  for (const keys of [right, wrong, temporary]) {
    await run(['sync'], keys);
    await bench.write('other.md', `with ${String(said.length)} lines said\n`);
    await run(['verify'], keys);
  }
  await run(['sync', '--remote', remote, '--accept-first'], right, 'b');
  await bench.write(NAME, `# Private\n${WRITING}, said again\n`, 'b');
  await bench.write(NAME, `# Private\n${WRITING}, said otherwise\n`);
  for (const device of ['b', 'a']) await run(['sync'], right, device);
  await mkdir(join(bench.folder, 'restored'));
  for (const args of [['status'], ['log'], ['held'], ['preview'], ['check'], ['history', NAME]])
    await run(args, right);
  await run(['restore', NAME, '--to', join(bench.folder, 'restored')], right);
  await server.stop();
  await run(['sync'], right);
}, 180_000);

afterAll(async () => {
  await server.stop();
  await bench.close();
  await built.remove();
});

/** Files below the bench's folder that hold one of the words, whatever else they are. */
async function filesWith(words: readonly string[], below: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(bench.folder, below), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (words.some((word) => bytes.includes(word) || entry.name.includes(word))) found.push(file);
  }
  return found;
}

describe('what must not be told', () => {
  it('is in nothing that a command says: keys, tokens, or the text of a note', () => {
    expect(said.length).toBeGreaterThan(30);
    for (const { command, text } of said) {
      for (const word of [secret, WRONG_SECRET, TOKEN, WRITING])
        expect(text.includes(word), `${command} said ${word}:\n${text}`).toBe(false);
    }
  });

  it('is in no file of vault, settings, state or bucket: keys and tokens', async () => {
    // The check itself works: the writing is in the vault and in the readable copy.
    expect((await filesWith([WRITING], 'a/vault')).length).toBeGreaterThan(0);
    expect((await filesWith([WRITING], 'data')).length).toBeGreaterThan(0);
    expect(await filesWith([secret, WRONG_SECRET, TOKEN], '.')).toEqual([]);
  });

  it('is in neither settings, state nor log: the text of a note', async () => {
    expect((await filesWith([NAME], 'a/config')).length).toBeGreaterThan(0);
    expect(await filesWith([WRITING], 'a/config')).toEqual([]);
    expect(await filesWith([WRITING], 'b/config')).toEqual([]);
  });
});
