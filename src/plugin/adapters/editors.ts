import { FileView, MarkdownView, TextFileView, type Workspace } from 'obsidian';
import { editorChanges } from './editor-changes.ts';
import type { Typing } from './typing.ts';

/**
 * `busy`: unsaved typing, a key a moment ago, a word that an input method has under way, or a view whose buffer nobody
 * can look into: hands off. `clean`: open, and what it shows is what the disk has. `shown`: open in views that keep no text of it (an image, a PDF).
 */
export type OpenState = 'closed' | 'shown' | 'clean' | 'busy';

/** The app's open views, seen as whoever writes files must see them. */
export class Editors {
  readonly #workspace: Workspace;
  readonly #typing: Typing;

  constructor(workspace: Workspace, typing: Typing) {
    this.#workspace = workspace;
    this.#typing = typing;
  }

  /**
   * Compares every view on the path with what the disk has. Says `busy` where it cannot be known: writing under
   * unsaved typing makes the app merge the two by guess, and lines are lost. A view that is not loaded yet
   * (deferred) holds no text.
   */
  look(path: string, onDisk: string | undefined): OpenState {
    let state: OpenState = 'closed';
    for (const view of this.#viewsOn(path)) {
      if (this.#typing.isGoingOn(path)) return 'busy';
      if (!(view instanceof TextFileView)) state = state === 'closed' ? 'shown' : state;
      else if (!(view instanceof MarkdownView) || isComposing(view) || !shows(view, onDisk)) return 'busy';
      else state = 'clean';
    }
    return state;
  }

  /**
   * Changes the text in an editor and has the view save it. Decides and changes without giving way, so that no key
   * falls in between. `undefined`: no editor can take it (none in the foreground of its view, or line ends that it
   * would change); the file itself may be written then. Look first.
   */
  replace(path: string, before: string, after: string): Promise<void> | undefined {
    if (hasForeignForm(before) || hasForeignForm(after)) return undefined;
    for (const view of this.#viewsOn(path)) {
      if (!(view instanceof MarkdownView) || view.getMode() !== 'source') continue;
      if (view.getViewData() !== before) return undefined;
      // One view alone: the others follow by the app's own hand, and would insert it twice if they did both.
      this.#typing.byUs(() => {
        view.editor.transaction({ changes: editorChanges(before, after) }, 'twincloud');
      });
      return view.save();
    }
    return undefined;
  }

  /** What the views on the path show now; `undefined` where none shows text. */
  shownText(path: string): string | undefined {
    for (const view of this.#viewsOn(path)) if (view instanceof MarkdownView) return view.getViewData();
    return undefined;
  }

  #viewsOn(path: string): FileView[] {
    const views: FileView[] = [];
    this.#workspace.iterateAllLeaves((leaf) => {
      const { view } = leaf;
      if (!leaf.isDeferred && view instanceof FileView && view.file?.path === path) views.push(view);
    });
    return views;
  }
}

function shows(view: MarkdownView, onDisk: string | undefined): boolean {
  if (onDisk === undefined) return false;
  try {
    return plain(view.getViewData()) === plain(onDisk);
  } catch {
    return false;
  }
}

/**
 * An input method replaces the word that it has under way at each key. A change of the same line cuts the word off
 * from it, and what was typed of it would stand there twice. The app saves such words, too. One that the editor
 * still believes in after the focus went is none.
 */
function isComposing({ editor }: MarkdownView): boolean {
  // CodeMirror's view: in the app's documentation, not in its typings.
  const { cm } = editor as { cm?: { readonly compositionStarted?: boolean; readonly hasFocus?: boolean } };
  return cm?.compositionStarted === true && cm.hasFocus === true;
}

/** An editor parts lines its own way and shows no byte order mark; neither is typing. */
function plain(text: string): string {
  return text.replace(/^\u{feff}/u, '').replace(/\r\n?/gu, '\n');
}

function hasForeignForm(text: string): boolean {
  return text.includes('\r') || text.startsWith('\u{feff}');
}
