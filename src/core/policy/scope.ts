import ignore from 'ignore';
import type { VaultPath } from '../model/vault-path.ts';

export interface ScopeSettings {
  /** In gitignore form; case counts. */
  readonly ignore: readonly string[];
  /** Take in files and folders whose names begin with a dot. */
  readonly dotFolders: boolean;
  /** The application's own folder (`.obsidian`), never taken in; without a slash at its end. */
  readonly configFolder?: string;
}

/** A pattern that cannot mean what was intended, with the reason; it is left out. */
export interface PatternProblem {
  readonly pattern: string;
  readonly message: string;
}

export interface Scope {
  /** Whether the path is synced at all. Folders end in `/`. */
  readonly includes: (path: VaultPath) => boolean;
  readonly problems: readonly PatternProblem[];
}

/** Folders that never leave the device: the trash, and whatever begins with our own name. */
const OWN_NAME = /^\.(?:trash$|twincloud)/iu;

/**
 * The paths that a person wants synced. Leaving the scope deletes nothing, here or there: the planner
 * does not look at what is outside.
 */
export function createScope(settings: ScopeSettings): Scope {
  const problems: PatternProblem[] = [];
  const patterns = ignore({ ignorecase: false });
  let hasPatterns = false;
  for (const pattern of settings.ignore) {
    const message = patternProblem(pattern);
    if (message !== undefined) problems.push({ pattern, message });
    else {
      patterns.add({ pattern });
      hasPatterns = true;
    }
  }
  const config = settings.configFolder?.toLowerCase();
  // Asked for every path of a vault, folder by folder.
  let lastTop: string | undefined;
  let isLastOwn = false;
  const isOwn = (path: VaultPath): boolean => {
    const end = path.indexOf('/');
    const top = end < 0 ? path : path.slice(0, end);
    if (top !== lastTop) {
      lastTop = top;
      isLastOwn = OWN_NAME.test(top);
    }
    return isLastOwn;
  };
  const includes = (path: VaultPath): boolean => {
    if (isOwn(path)) return false;
    if (config !== undefined && `${path.toLowerCase()}/`.startsWith(`${config}/`)) return false;
    if (!settings.dotFolders && (path.startsWith('.') || path.includes('/.'))) return false;
    return !hasPatterns || !patterns.ignores(path);
  };
  return { includes, problems };
}

/** The parser itself drops such patterns without a word, or matches nothing by them. */
function patternProblem(pattern: string): string | undefined {
  const plain = pattern.replace(/\\[^]/gu, '');
  if (plain.endsWith('\\')) return 'it ends in a lone backslash';
  if (/[\r\n]/u.test(pattern)) return 'it has more than one line';
  if (/\[[^\]]*$/u.test(plain)) return 'its [ is not closed';
  return undefined;
}
