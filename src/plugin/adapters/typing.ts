import type { Plugin } from 'obsidian';

/** A hand that types pauses for less within a word, and for longer when it looks up. */
const PAUSE_MS = 1_000;

/**
 * In which notes somebody types at this moment. A change from elsewhere waits for the pause, also where all
 * that was typed is saved: on Android the editor takes Enter and Backspace a frame after the press, and throws
 * the key away when the text changes in between; and a page that moves under the hand is no pleasure anyway.
 */
export class Typing {
  readonly #now: () => number;
  readonly #lastMs = new Map<string, number>();
  #isOwn = false;

  constructor(clock: { readonly now: () => number }) {
    this.#now = () => clock.now();
  }

  /** An editor's text has changed, by a hand unless `byUs` is at work. */
  changed(path: string | undefined): void {
    if (path === undefined || this.#isOwn) return;
    this.#lastMs.delete(path);
    this.#lastMs.set(path, this.#now());
    for (const [other, lastMs] of this.#lastMs) {
      if (!this.#isRecent(lastMs)) this.#lastMs.delete(other);
    }
  }

  byUs(change: () => void): void {
    this.#isOwn = true;
    try {
      change();
    } finally {
      this.#isOwn = false;
    }
  }

  isGoingOn(path: string): boolean {
    const lastMs = this.#lastMs.get(path);
    return lastMs !== undefined && this.#isRecent(lastMs);
  }

  /** A clock that was set back says nothing. */
  #isRecent(lastMs: number): boolean {
    const sinceMs = this.#now() - lastMs;
    return sinceMs >= 0 && sinceMs < PAUSE_MS;
  }
}

/**
 * Tells `typing` of keys when they are pressed, which is before the editor takes them, and of changes by any
 * other hand (pasting, a command). Keys go to the active editor; only computers have windows besides the
 * main one, and there the editor takes a key at once.
 */
export function listenToTyping(plugin: Plugin, typing: Typing): void {
  const { workspace } = plugin.app;
  const pressed = (): void => {
    typing.changed(workspace.activeEditor?.file?.path);
  };
  plugin.registerDomEvent(document, 'keydown', pressed, { capture: true });
  plugin.registerDomEvent(document, 'beforeinput', pressed, { capture: true });
  plugin.registerEvent(
    workspace.on('editor-change', (_editor, { file }) => {
      typing.changed(file?.path);
    }),
  );
}
