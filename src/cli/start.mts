import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { codeCacheFolder, runProgram } from './code-cache.mts';

/** The bundled program's file, beside this one; its name tells its contents. Set when it is built. */
declare const PROGRAM: string;

// By itself V8 lets garbage grow to several times of what is in use before it collects: on a first upload
// of 10,000 notes 60 MB more, for a tenth of a second. Set before the program is compiled, because V8
// takes no compiled code from a process with other flags.
setFlagsFromString('--heap-growing-percent=30');

const program = join(import.meta.dirname, PROGRAM);
runProgram(program, createRequire(program), {
  folder: codeCacheFolder(process.env),
  command: process.argv[2] ?? '',
});
