import type { ConflictContents, ConflictDecision, ConflictSide } from '../../engine/api.ts';
import { button, callout } from '../modals/parts.ts';
import { TEXTS } from '../texts.ts';
import type { SideNames } from './hunk-bar.ts';

type Way = 'note' | 'copy' | 'both';

const PICTURES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
};

export interface FileDecisionOptions {
  readonly parent: HTMLElement;
  readonly names: SideNames;
  readonly changed: () => void;
}

/** Deciding about two files that are no text: both beside each other, pictures shown. */
export class FileDecision {
  readonly #options: FileDecisionOptions;
  readonly #el: HTMLElement;
  #urls: string[] = [];
  #way: Way | undefined;

  constructor(options: FileDecisionOptions) {
    this.#options = options;
    this.#el = options.parent.createDiv('twincloud-conflict-files');
  }

  get isChosen(): boolean {
    return this.#way !== undefined;
  }

  get take(): ConflictDecision['take'] {
    return { kind: this.#way ?? 'both' };
  }

  show(contents: ConflictContents): void {
    const { names } = this.#options;
    this.destroy();
    this.#el.empty();
    const sides = this.#el.createDiv('twincloud-file-sides');
    for (const side of ['note', 'copy'] as const) this.#showSide(sides, contents, side);
    const ways = this.#el.createDiv({
      cls: 'twincloud-ways',
      attr: { role: 'group', 'aria-label': TEXTS.conflict.ways },
    });
    const { newest } = contents;
    const oldest = newest === 'note' ? 'copy' : 'note';
    const add = (way: Way, text: string): void => {
      const { buttonEl } = button(ways, text, () => {
        this.#way = way;
        this.show(contents);
        this.#options.changed();
      });
      buttonEl.setAttr('aria-pressed', String(this.#way === way));
    };
    add(newest, TEXTS.conflict.newest(names[newest]));
    add(oldest, TEXTS.conflict.other(names[oldest]));
    add('both', TEXTS.conflict.both);
    if (this.#way === 'both') {
      const text = TEXTS.conflict.bothExplain(contents.conflict.path, names.copy);
      callout(this.#el, { tone: 'info', text });
    }
  }

  destroy(): void {
    for (const url of this.#urls) URL.revokeObjectURL(url);
    this.#urls = [];
  }

  #showSide(parent: HTMLElement, contents: ConflictContents, side: 'note' | 'copy'): void {
    const { names } = this.#options;
    const file = contents[side];
    const pane = parent.createDiv({ cls: `twincloud-file is-${side}` });
    pane.createDiv({ cls: 'twincloud-pane-name', text: names[side] });
    const url = this.#pictureUrl(contents.conflict.path, file);
    if (url === undefined) pane.createDiv({ cls: 'twincloud-detail', text: TEXTS.conflict.noPreview });
    else pane.createEl('img', { attr: { src: url, alt: TEXTS.conflict.preview(names[side]) } });
    pane.createDiv({ cls: 'twincloud-detail', text: TEXTS.conflict.size(file.sizeBytes, file.mtimeMs) });
  }

  /** As an image it can run nothing, whatever a file pretends to be. */
  #pictureUrl(path: string, { bytes }: ConflictSide): string | undefined {
    const type = PICTURES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
    if (type === undefined || bytes === undefined) return undefined;
    const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
    this.#urls.push(url);
    return url;
  }
}
