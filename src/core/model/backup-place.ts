/** Where a cloud keeps a vault, told so that two of them can be compared. */
export interface CloudPlace {
  /** The bucket with its server, the container with its account; `folder` for this computer's disk. */
  readonly store: string;
  /** Names parted by slashes; empty: all of it. */
  readonly path: string;
}

/** What the cloud that the settings name first is called. */
export const MAIN = 'main';

/** Also part of the names of variables, and shown. */
export const BACKUP_NAME = /^[a-z0-9][a-z0-9-]{0,29}$/u;

export interface NamedPlace {
  readonly name: string;
  readonly place: CloudPlace;
}

export type BackupObstacle =
  | { readonly kind: 'name' | 'reserved' | 'taken' }
  /** `with`: the name of the cloud or backup that is there already. */
  | { readonly kind: 'same-place' | 'inside'; readonly with: string };

/**
 * Why a backup may not be added to these clouds. In the place of another it would protect nothing, and what one
 * writes within the folder of another, that one would take for notes.
 */
export function backupObstacle(
  { name, place }: NamedPlace,
  clouds: readonly NamedPlace[],
): BackupObstacle | undefined {
  if (!BACKUP_NAME.test(name)) return { kind: 'name' };
  if (name === MAIN) return { kind: 'reserved' };
  if (clouds.some((one) => one.name === name)) return { kind: 'taken' };
  return placeObstacle(place, clouds);
}

export function placeObstacle(
  place: CloudPlace,
  clouds: readonly NamedPlace[],
): Extract<BackupObstacle, { readonly with: string }> | undefined {
  for (const { name, place: other } of clouds) {
    if (other.store !== place.store) continue;
    const [one, two] = [within(place.path), within(other.path)];
    if (one === two) return { kind: 'same-place', with: name };
    if (one.startsWith(two) || two.startsWith(one)) return { kind: 'inside', with: name };
  }
  return undefined;
}

function within(path: string): string {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((name) => `${name}/`).join('');
}
