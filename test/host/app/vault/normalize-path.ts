/** Slashes one and forward, none at the ends, no-break spaces as spaces, NFC; the root is `/`. */
export function normalizePath(path: string): string {
  const slashed = path.replaceAll(/[\\/]+/gu, '/').replaceAll(/^\/+|\/+$/gu, '');
  const spaced = slashed.replaceAll(/[\u00A0\u202F]/gu, ' ');
  return spaced === '' ? '/' : spaced.normalize('NFC');
}

/** The root is `''` on the disk. */
export function diskPath(path: string): string {
  const normal = normalizePath(path);
  return normal === '/' ? '' : normal;
}

/** Dot names, and all that lies in a dot folder, have no `TFile` and raise no events of the vault. */
export function isHidden(path: string): boolean {
  return path.split('/').some((segment) => segment.startsWith('.'));
}
