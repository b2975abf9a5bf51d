import type { VaultPath } from '../model/vault-path.ts';

export interface PrivateRules {
  /** Folders of the vault; slashes at their ends say nothing. */
  readonly folders: readonly string[];
  /** With or without `#`; those below them (`private/work`) count, too. */
  readonly tags: readonly string[];
}

export type PrivateReason =
  { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'tag'; readonly tag: string };

/**
 * Why a note must not leave the device, if so. Looks at every text that is given (both versions, and what they come
 * from), and rather finds a tag too many than one too few: also in code, and in any form of the property `tags`.
 */
export function whyPrivate(
  path: VaultPath,
  texts: readonly string[],
  { folders, tags }: PrivateRules,
): PrivateReason | undefined {
  const folder = folders.find((one) => isInFolder(path, one));
  if (folder !== undefined) return { kind: 'folder', folder };
  const names = new Set(texts.flatMap((text) => [...inlineTags(text), ...propertyTags(text)]));
  const tag = tags.find((one) => {
    const wanted = bare(one);
    return wanted !== '' && [...names].some((name) => name === wanted || name.startsWith(`${wanted}/`));
  });
  return tag === undefined ? undefined : { kind: 'tag', tag };
}

export function isInFolder(path: VaultPath, folder: string): boolean {
  const name = bare(folder);
  return name !== '' && folded(path).startsWith(`${name}/`);
}

/** Of a folder or a tag as somebody wrote it down, maybe by hand into the settings' file. */
function bare(text: string): string {
  return folded(text)
    .trim()
    .replace(/^[#/]+|\/+$/gu, '');
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function inlineTags(text: string): string[] {
  return Array.from(text.matchAll(/#([^\s#,;.:!?'"()[\]{}<>|`\\]+)/gu), ([, name]) => folded(name ?? ''));
}

/** Words of the rows `tags` and `tag` of the properties, however they are written. */
function propertyTags(text: string): string[] {
  const head = /^\uFEFF?---[ \t]*\r?\n([^]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/u.exec(text)?.[1] ?? '';
  const words: string[] = [];
  let isTags = false;
  for (const line of head.split(/\r?\n/u)) {
    const key = /^["']?([^\s"':#-][^"':]*?)["']?\s*:(.*)$/u.exec(line);
    if (key !== null) isTags = /^tags?$/iu.test(key[1] ?? '');
    const values = key === null ? line.replace(/^\s*-\s*/u, '') : (key[2] ?? '');
    if (isTags) words.push(...values.split(/[\s,[\]{}"'#]+/u).map(folded));
  }
  return words.filter((word) => word !== '');
}
