import type { VaultPath } from '../model/vault-path.ts';

/** `posix`: what Linux and macOS keep. `windows`: what Windows keeps. `portable`: what all of them keep. */
export type NameRules = 'posix' | 'windows' | 'portable';

const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_BYTES = 1024;
const REFUSED_CHARACTER = /[<>:"\\|?*]/u;
const CONTROL_CHARACTER = /\p{Cc}/u;
/** With any extension, in any case: `con.md` opens the console. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?: *\..*)?$/iu;

/** Why a system of these rules cannot keep the name, as a phrase for people; `undefined` where it can. */
export function nameProblem(path: VaultPath, rules: NameRules): string | undefined {
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment, rules);
    if (problem !== undefined) return problem;
  }
  if (rules !== 'posix' && utf8Length(path) > MAX_PATH_BYTES)
    return `the path has more than ${MAX_PATH_BYTES} bytes`;
  return undefined;
}

function segmentProblem(segment: string, rules: NameRules): string | undefined {
  if (utf8Length(segment) > MAX_SEGMENT_BYTES) return `a name has more than ${MAX_SEGMENT_BYTES} bytes`;
  if (segment.includes('\0')) return 'a name holds a control character';
  if (rules === 'posix') return undefined;
  const refused = REFUSED_CHARACTER.exec(segment)?.[0];
  if (refused !== undefined) return `a name holds ${refused}`;
  if (CONTROL_CHARACTER.test(segment)) return 'a name holds a control character';
  if (segment.endsWith('.')) return 'a name ends in a dot';
  if (segment.endsWith(' ')) return 'a name ends in a space';
  if (DEVICE_NAME.test(segment)) return `${segment} is the name of a device on Windows`;
  return undefined;
}

/** Bytes of the text in UTF-8; half a surrogate pair counts as its replacement character. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
