/** How a server wants tags in `If-Match`; `none`: it does not keep conditions (found by `detectConditionForm`). */
export type ConditionForm = 'quoted' | 'bare' | 'none';

/** The tag without quotes and without the mark that a compressing proxy adds. */
export function unquoted(etag: string): string {
  return /^(?:W\/)?"(?<tag>.*)"$/u.exec(etag)?.groups?.['tag'] ?? etag;
}

/** The header's value. RFC 9110 wants quotes; Ceph 16 compares them as part of the tag. */
export function inForm(etag: string, form: ConditionForm): string {
  return form === 'bare' ? etag : `"${etag}"`;
}
