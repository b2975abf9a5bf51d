/** What is wrong with a suggestion, at characters `[from, to)` of it; `from` is `to` where something is missing. */
export interface Mark {
  readonly kind:
    | 'missing'
    | 'returned'
    | 'invented'
    | 'doubled'
    | 'link'
    | 'link-missing'
    | 'properties'
    | 'code-block'
    | 'unbalanced'
    | 'conflict-marker';
  /** What is missing, came back, or was made up; of the other kinds, what they are about. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Who wrote what is missing; absent: it was in the note before, and nobody removed it. */
  readonly side?: 'note' | 'copy';
}
