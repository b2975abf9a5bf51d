import { syntaxTree } from '@codemirror/language';
import { RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  ViewPlugin,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from '@codemirror/view';

const CLASS_BY_NODE: Readonly<Record<string, string>> = {
  ATXHeading1: 'cm-header cm-header-1',
  ATXHeading2: 'cm-header cm-header-2',
  ATXHeading3: 'cm-header cm-header-3',
  ATXHeading4: 'cm-header cm-header-4',
  HeaderMark: 'cm-formatting',
  StrongEmphasis: 'cm-strong',
  Emphasis: 'cm-em',
  EmphasisMark: 'cm-formatting',
  InlineCode: 'cm-inline-code',
  CodeMark: 'cm-formatting',
  FencedCode: 'cm-hmd-codeblock',
  Blockquote: 'cm-quote',
  QuoteMark: 'cm-formatting',
  ListMark: 'cm-formatting-list',
  Link: 'cm-link',
  URL: 'cm-url',
};

/** Gives what is seen of a note the app's class names. */
export const markdownMarks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = marksOf(view);
    }

    update(update: ViewUpdate): void {
      if (
        update.docChanged ||
        update.viewportChanged ||
        syntaxTree(update.startState) !== syntaxTree(update.state)
      )
        this.decorations = marksOf(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function marksOf(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges)
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        const name = CLASS_BY_NODE[node.name];
        if (name !== undefined && node.from < node.to)
          builder.add(node.from, node.to, Decoration.mark({ class: name }));
      },
    });
  return builder.finish();
}
