import envPaths from 'env-paths';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/**
 * Keeps what V8 compiled, so that the next run of a command need not compile it again: half of the time
 * that a short command takes. Node has this built in from 22.1 on, for modules; this works on 20 too.
 *
 * A file holds the CRC-32 of the rest (4 bytes, big-endian), then what `Script.createCachedData` gave.
 * Its name tells the command, the program's contents and V8's version, flags and processor features:
 * V8 itself compares no more of the program than its length.
 */
export interface CodeCache {
  /** `undefined`: nothing is kept. */
  readonly folder: string | undefined;
  /** Each command compiles other parts of the program. */
  readonly command: string;
}

type Main = (exports: object, require: NodeJS.Require, module: object) => void;

const CRC_BYTES = 4;
const COMMAND = /^[a-z]{3,12}$/u;

/** Where Node's own variables say, else where this system keeps what may be lost. */
export function codeCacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  if ((env['NODE_DISABLE_COMPILE_CACHE'] ?? '') !== '') return undefined;
  const named = env['NODE_COMPILE_CACHE'] ?? '';
  return named === '' ? join(envPaths('twincloud', { suffix: '' }).cache, 'code') : named;
}

/**
 * For a process that lasts. By itself V8 lets garbage grow to several times of what is in use before it
 * collects: on a first upload of 10,000 notes 60 MB more, for a tenth of a second. And it drops the
 * compiled code of what ran once, as all that begins a program does, which is then missing in what is kept.
 */
export function settleForLong(): void {
  setFlagsFromString('--heap-growing-percent=30');
  setFlagsFromString('--no-flush-bytecode');
}

/** V8 takes no compiled code from a process that ended with other flags. */
function setUsualFlags(): void {
  setFlagsFromString('--heap-growing-percent=0');
  setFlagsFromString('--flush-bytecode');
}

/** Runs a CommonJS file whose name changes with its contents; what it requires beside itself is run so too. */
export function runProgram(program: string, require: NodeJS.Require, cache: CodeCache): object {
  const source = `(function(exports,require,module){${readFileSync(program, 'utf8')}\n})`;
  const kept = cacheFile(program, cache);
  const cachedData = kept === undefined ? undefined : readKept(kept);
  const script = new Script(source, {
    filename: program,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected === true)) {
    process.once('exit', (code) => {
      // What was not run is not compiled: a mistyped command teaches nothing.
      if (code !== 0) return;
      setUsualFlags();
      keep(kept, script.createCachedData());
    });
  }
  const module = { exports: {} };
  (script.runInThisContext() as Main)(module.exports, withParts(program, require, cache), module);
  return module.exports;
}

function withParts(program: string, require: NodeJS.Require, cache: CodeCache): NodeJS.Require {
  const parts = new Map<string, object>();
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return require(name) as unknown;
    const part = parts.get(name) ?? runProgram(join(dirname(program), name), require, cache);
    parts.set(name, part);
    return part;
  };
  return Object.assign(load, require);
}

function cacheFile(program: string, { folder, command }: CodeCache): string | undefined {
  if (folder === undefined) return undefined;
  const name = COMMAND.test(command) ? command : 'other';
  return join(folder, `${name}.${basename(program)}.${cachedDataVersionTag().toString(16)}`);
}

/** Nothing where it is not there, damaged, or might have been written by another user: it will be run. */
function readKept(file: string): Buffer | undefined {
  try {
    const opened = openSync(file, 'r');
    try {
      const { uid, mode } = fstatSync(opened);
      if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0))
        return undefined;
      const bytes = readFileSync(opened);
      const data = bytes.subarray(CRC_BYTES);
      return data.length > 0 && bytes.readUInt32BE(0) === crc32(data) ? data : undefined;
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}

/** Whatever goes wrong, the next run only starts slower. What older programs kept for the command goes. */
function keep(file: string, data: Buffer): void {
  try {
    const folder = dirname(file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const crc = Buffer.alloc(CRC_BYTES);
    crc.writeUInt32BE(crc32(data));
    const unfinished = `${file}.${String(process.pid)}.new`;
    writeFileSync(unfinished, Buffer.concat([crc, data]), { mode: 0o600 });
    renameSync(unfinished, file);
    const own = basename(file);
    // The command and `program-` (or a part's name): the folder may hold what other programs keep.
    const ours = own.slice(0, own.indexOf('-') + 1);
    for (const name of readdirSync(folder))
      if (name.startsWith(ours) && name !== own && !name.endsWith('.new')) rmSync(join(folder, name));
  } catch {
    // A full disk, a folder without rights.
  }
}
