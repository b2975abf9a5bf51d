import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { codeFolding, foldGutter, foldKeymap } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, keymap } from '@codemirror/view';
import { Editor } from './editor.ts';
import type { WorkspaceLeaf } from './leaf.ts';
import { markdownMarks } from './markdown-marks.ts';
import { TextFileView } from './text-file-view.ts';

export class MarkdownView extends TextFileView {
  readonly editor: Editor;
  override icon = 'file-text';
  #fromFile = false;

  constructor(leaf: WorkspaceLeaf) {
    super(leaf);
    const holder = this.contentEl.createDiv('markdown-source-view mod-cm6 cm-s-obsidian is-live-preview');
    this.editor = new Editor(new EditorView({ parent: holder, state: this.#newState('') }));
  }

  getViewType(): string {
    return 'markdown';
  }

  getMode(): 'source' | 'preview' {
    return 'source';
  }

  getViewData(): string {
    return this.editor.getValue();
  }

  setViewData(data: string, clear: boolean): void {
    this.#fromFile = true;
    try {
      if (clear) this.editor.cm.setState(this.#newState(data));
      else this.editor.setValue(data);
    } finally {
      this.#fromFile = false;
    }
  }

  clear(): void {
    this.setViewData('', true);
  }

  override canAcceptExtension(extension: string): boolean {
    return extension === 'md';
  }

  override onunload(): void {
    this.editor.cm.destroy();
  }

  #newState(doc: string): EditorState {
    const followed = EditorView.updateListener.of((update) => {
      if (!update.docChanged || this.#fromFile) return;
      this.wasEdited();
      this.app.workspace.trigger('editor-change', this.editor, this);
    });
    const extensions: Extension = [
      history(),
      drawSelection(),
      codeFolding(),
      foldGutter(),
      markdown(),
      markdownMarks,
      keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Note' }),
      followed,
    ];
    return EditorState.create({ doc, extensions });
  }
}
