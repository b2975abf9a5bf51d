import { createRequire } from 'node:module';
import { join } from 'node:path';
import { codeCacheFolder, settleForLong, runProgram } from './code-cache.mts';

/** The bundled program's file, beside this one; its name tells its contents. Set when it is built. */
declare const PROGRAM: string;

// Not at once: most commands are over before it pays, and Node's own compiled modules are for V8's usual
// flags; with others it compiles each that is still to be loaded, for a fiftieth of a second in all.
setTimeout(settleForLong, 150).unref();

const program = join(import.meta.dirname, PROGRAM);
runProgram(program, createRequire(program), {
  folder: codeCacheFolder(process.env),
  command: process.argv[2] ?? '',
});
