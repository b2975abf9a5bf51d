/**
 * What the real app does that surprises a plugin. All are on by default but the last; a test turns one
 * off to see that it is what it tests. The sources stand in test/host/README.md.
 */
export interface VaultTraps {
  /** `create` for every file and folder while the vault is loaded, before the layout is ready. */
  createStorm: boolean;
  /** A renamed folder raises `rename` for itself and for each descendant. */
  renameEachDescendant: boolean;
  /** A deleted folder raises `delete` for each descendant, then for itself. Not verified on the real app. */
  deleteEachDescendant: boolean;
  /** What a plugin writes comes back as an event, before its promise resolves. */
  echo: boolean;
  /** A write that changes neither time nor size raises nothing. */
  sameStatIsSilent: boolean;
  /** Some ways of renaming are followed by `modify`. */
  modifyAfterRename: boolean;
}

export function defaultTraps(): VaultTraps {
  return {
    createStorm: true,
    renameEachDescendant: true,
    deleteEachDescendant: true,
    echo: true,
    sameStatIsSilent: true,
    modifyAfterRename: false,
  };
}
