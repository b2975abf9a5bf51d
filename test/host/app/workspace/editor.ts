import { redo, undo } from '@codemirror/commands';
import { EditorSelection, type ChangeSpec, type Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { absent } from '../absent.ts';

export interface EditorPosition {
  line: number;
  ch: number;
}

interface Caret {
  readonly from: EditorPosition;
  readonly to?: EditorPosition;
}

interface Transaction {
  readonly replaceSelection?: string;
  readonly changes?: readonly (Caret & { readonly text: string })[];
  readonly selections?: readonly Caret[];
  readonly selection?: Caret;
}

/** The app's editor over CodeMirror; `cm` is the view itself, as in the real one. */
export class Editor {
  readonly cm: EditorView;

  constructor(cm: EditorView) {
    this.cm = cm;
  }

  getDoc(): this {
    return this;
  }

  refresh(): void {
    this.cm.requestMeasure();
  }

  getValue(): string {
    return this.#doc.toString();
  }

  /** All is replaced: the cursor does not stay where it was in the text. */
  setValue(content: string): void {
    this.cm.dispatch({ changes: { from: 0, to: this.#doc.length, insert: content } });
  }

  getLine(line: number): string {
    return this.#doc.line(line + 1).text;
  }

  setLine(line: number, text: string): void {
    const { from, to } = this.#doc.line(line + 1);
    this.cm.dispatch({ changes: { from, to, insert: text } });
  }

  lineCount(): number {
    return this.#doc.lines;
  }

  lastLine(): number {
    return this.#doc.lines - 1;
  }

  getSelection(): string {
    const { from, to } = this.cm.state.selection.main;
    return this.cm.state.sliceDoc(from, to);
  }

  somethingSelected(): boolean {
    return !this.cm.state.selection.main.empty;
  }

  getRange(from: EditorPosition, to: EditorPosition): string {
    return this.cm.state.sliceDoc(this.posToOffset(from), this.posToOffset(to));
  }

  replaceSelection(replacement: string): void {
    this.cm.dispatch(this.cm.state.replaceSelection(replacement));
  }

  replaceRange(replacement: string, from: EditorPosition, to: EditorPosition = from): void {
    this.transaction({ changes: [{ from, to, text: replacement }] });
  }

  getCursor(side: 'from' | 'to' | 'head' | 'anchor' = 'head'): EditorPosition {
    return this.offsetToPos(this.cm.state.selection.main[side]);
  }

  listSelections(): { anchor: EditorPosition; head: EditorPosition }[] {
    return this.cm.state.selection.ranges.map(({ anchor, head }) => ({
      anchor: this.offsetToPos(anchor),
      head: this.offsetToPos(head),
    }));
  }

  setCursor(position: EditorPosition | number, ch = 0): void {
    this.setSelection(typeof position === 'number' ? { line: position, ch } : position);
  }

  setSelection(anchor: EditorPosition, head: EditorPosition = anchor): void {
    this.setSelections([{ anchor, head }]);
  }

  setSelections(ranges: readonly { anchor: EditorPosition; head?: EditorPosition }[], main = 0): void {
    const made = ranges.map(({ anchor, head = anchor }) =>
      EditorSelection.range(this.posToOffset(anchor), this.posToOffset(head)),
    );
    this.cm.dispatch({ selection: EditorSelection.create(made, main) });
  }

  focus(): void {
    this.cm.focus();
  }

  blur(): void {
    this.cm.contentDOM.blur();
  }

  hasFocus(): boolean {
    return this.cm.hasFocus;
  }

  getScrollInfo(): { top: number; left: number } {
    return { top: this.cm.scrollDOM.scrollTop, left: this.cm.scrollDOM.scrollLeft };
  }

  scrollTo(x?: number | null, y?: number | null): void {
    const { scrollDOM } = this.cm;
    scrollDOM.scrollTo({ left: x ?? scrollDOM.scrollLeft, top: y ?? scrollDOM.scrollTop });
  }

  scrollIntoView(range: { from: EditorPosition; to: EditorPosition }, center = false): void {
    const effects = EditorView.scrollIntoView(this.posToOffset(range.from), {
      y: center ? 'center' : 'nearest',
    });
    this.cm.dispatch({ effects });
  }

  // The commands' package brings the types of another version of the state.
  undo(): void {
    undo(this.cm);
  }

  redo(): void {
    redo(this.cm);
  }

  exec(command: string): void {
    absent(`Editor.exec('${command}')`);
  }

  wordAt(): never {
    return absent('Editor.wordAt');
  }

  transaction(transaction: Transaction): void {
    const changes: ChangeSpec[] = (transaction.changes ?? []).map(({ from, to = from, text }) => ({
      from: this.posToOffset(from),
      to: this.posToOffset(to),
      insert: text,
    }));
    const { replaceSelection } = transaction;
    const selections =
      transaction.selections ?? (transaction.selection === undefined ? [] : [transaction.selection]);
    if (replaceSelection !== undefined) this.replaceSelection(replaceSelection);
    if (changes.length > 0) this.cm.dispatch({ changes });
    if (selections.length > 0)
      this.setSelections(selections.map(({ from, to = from }) => ({ anchor: from, head: to })));
  }

  posToOffset({ line, ch }: EditorPosition): number {
    const at = this.#doc.line(Math.min(Math.max(line + 1, 1), this.#doc.lines));
    return Math.min(at.from + ch, at.to);
  }

  offsetToPos(offset: number): EditorPosition {
    const at = this.#doc.lineAt(Math.min(Math.max(offset, 0), this.#doc.length));
    return { line: at.number - 1, ch: offset - at.from };
  }

  get #doc(): Text {
    return this.cm.state.doc;
  }
}
