import type { Plugin } from 'esbuild';
import { withoutUnreached } from './left-out.mts';

const MODULE = /[\\/]diff-match-patch[\\/]index\.js$/;
/** What `diff_main` without a look at lines, and `diff_cleanupSemantic`, never call. */
const UNREACHED = [
  ...['lineMode_', 'linesToChars_', 'charsToLines_', 'cleanupEfficiency', 'xIndex', 'prettyHtml'],
  ...['text1', 'text2', 'levenshtein', 'toDelta', 'fromDelta'],
].map((name) => `diff_${name}`);
const METHOD = /^diff_match_patch\.prototype\.(\w+) = function.*?^\};$/gmsu;

/** Leaves matching, patches and texts of diffs out of the bundle, more than half of the library: words are compared, no more. */
export function withoutPatches(): Plugin {
  return withoutUnreached([{ module: MODULE, contents: withoutMethods }]);
}

function withoutMethods(source: string): string {
  const names: string[] = [];
  const rest = source.replace(METHOD, (method, name: string) => {
    if (!/^(?:match|patch)_/u.test(name) && !UNREACHED.includes(name)) return method;
    names.push(name);
    return '';
  });
  if (names.length < UNREACHED.length) throw new Error(`diff-match-patch has only ${names.join()}`);
  return rest.replace(
    'module.exports = diff_match_patch;',
    `for (const name of ${JSON.stringify(names)}.join().split(','))
  diff_match_patch.prototype[name] = () => { throw new Error(name + ' is left out of this build'); };
$&`,
  );
}
