const DEFAULT_MS = 5_000;

/** What was shown since the page was loaded, for whoever drives it. */
export const noticeHistory: string[] = [];

export class Notice {
  readonly containerEl: HTMLElement;
  readonly messageEl: HTMLElement;
  readonly noticeEl: HTMLElement;

  /** `durationMs` 0: until it is clicked or hidden. */
  constructor(message: string | DocumentFragment, durationMs = DEFAULT_MS) {
    const doc = activeDocument;
    const holder =
      doc.querySelector<HTMLElement>('.notice-container') ?? doc.body.createDiv('notice-container');
    this.containerEl = holder.createDiv('notice');
    this.noticeEl = this.containerEl;
    this.messageEl = this.containerEl.createDiv('notice-message');
    this.setMessage(message);
    this.containerEl.addEventListener('click', () => {
      this.hide();
    });
    if (durationMs > 0) window.setTimeout(() => this.hide(), durationMs);
  }

  setMessage(message: string | DocumentFragment): this {
    this.messageEl.setText(message);
    noticeHistory.push(this.messageEl.getText());
    return this;
  }

  hide(): void {
    this.containerEl.detach();
  }
}
