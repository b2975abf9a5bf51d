import { StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import type { Mark } from '../../core/suggestion/mark.ts';
import { TEXTS } from '../texts.ts';

/** Shows in an editor's text what the check found; follows what is typed. */
export function markDecorations(marks: readonly Mark[]): Extension {
  return StateField.define<DecorationSet>({
    create: ({ doc }) =>
      Decoration.set(
        marks.flatMap((mark) => decorationsOf(mark, doc.length)),
        true,
      ),
    update: (decorations, { changes }) => decorations.map(changes),
    provide: (field) => EditorView.decorations.from(field),
  });
}

function decorationsOf(mark: Mark, length: number) {
  const [from, to] = [Math.min(mark.from, length), Math.min(mark.to, length)];
  if (from < to) return [Decoration.mark({ class: `twincloud-mark is-${mark.kind}` }).range(from, to)];
  if (mark.kind !== 'missing' && mark.kind !== 'link-missing') return [];
  return [Decoration.widget({ widget: new MissingWidget(mark.text), side: 1 }).range(from)];
}

class MissingWidget extends WidgetType {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override eq(other: MissingWidget): boolean {
    return other.#text === this.#text;
  }

  override toDOM(): HTMLElement {
    return createSpan({ cls: 'twincloud-mark-missing', text: TEXTS.ai.missing(this.#text) });
  }
}
