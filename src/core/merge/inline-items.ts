/** A link, a link to a note, or a tag. */
const ITEM = String.raw`!?\[\[[^\]\n]+\]\]|\[[^\]\n]*\]\([^()\s]*\)|#[^\s#,;，、]+`;
const SEPARATOR = String.raw`,[ ]?|;[ ]?|[ ]?[·|][ ]?|、|，|[ ]`;
/** Items that follow others, or that others follow. */
const FOLLOWING = new RegExp(`^(?:(?:${SEPARATOR})(?:${ITEM}))+$`, 'u');
const LEADING = new RegExp(`^(?:(?:${ITEM})(?:${SEPARATOR}))+$`, 'u');
const EACH = new RegExp(ITEM, 'gu');

/** What both sides put at one place of a row of links or tags: all of it, the remote side's first. */
export function mergeItems(local: string, remote: string): string | undefined {
  const isRow = [FOLLOWING, LEADING].some((form) => form.test(local) && form.test(remote));
  if (!isRow) return undefined;
  const here = new Set(local.match(EACH));
  return remote.match(EACH)?.some((item) => here.has(item)) === true ? undefined : remote + local;
}
