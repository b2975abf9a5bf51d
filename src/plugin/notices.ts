import { Notice, type Component } from 'obsidian';
import type { SyncReport } from '../engine/api.ts';
import type { SyncState } from './service.ts';
import { TEXTS } from './texts.ts';
import type { Ui } from './ui-context.ts';

const { notice: TEXT, open: OPEN } = TEXTS.status;
/** A notice that asks for something stays until it is read. */
const ASKING_MS = 15_000;

type Attention = Extract<SyncState, { readonly kind: 'attention' }>;

/** Tells of what needs a person, once for each; and of a sync by hand from its start to its outcome. */
export class SyncNotices {
  readonly #ui: () => Ui;
  /** The message that was told and still holds. */
  #told: string | undefined;
  #byHand = 0;
  #lookedForUnfinished = false;
  #asking: Notice | undefined;

  /** `ui` is asked for when something is to be told: it holds this object itself. */
  constructor(ui: () => Ui) {
    this.#ui = ui;
  }

  /** Somebody has opened a screen: what asks for it would only cover it. */
  answered(): void {
    this.#asking?.hide();
    this.#asking = undefined;
  }

  /** Ends with the component. */
  watch(component: Component): void {
    component.register(this.#ui().service.onState(() => this.#stateChanged()));
  }

  async syncByHand(options: { readonly acceptFirst?: boolean } = {}): Promise<void> {
    const { service } = this.#ui();
    const notice = new Notice(TEXT.starting, 0);
    const end = service.onState(() => {
      const { state } = service;
      if (state.kind !== 'syncing' || state.progress === undefined) return;
      notice.setMessage(TEXT.running(TEXTS.status.progress(state.progress)));
    });
    this.#byHand += 1;
    let report: SyncReport | undefined;
    try {
      report = await service.syncNow({ ...options, byHand: true });
    } finally {
      this.#byHand -= 1;
      end();
      notice.hide();
    }
    this.#tellOutcome(report);
  }

  #stateChanged(): void {
    const { state } = this.#ui().service;
    if (!this.#lookedForUnfinished) this.#ui().run(TEXTS.encryption.name, () => this.#tellUnfinished());
    if (state.kind === 'synced') this.#told = undefined;
    if (state.kind !== 'attention' || this.#byHand > 0 || state.message === this.#told) return;
    this.#tellAttention(state);
  }

  #tellOutcome(report: SyncReport | undefined): void {
    const { service, open } = this.#ui();
    const { state } = service;
    if (report?.outcome === 'first-preview') open.preview();
    else if (report?.outcome === 'held') open.held();
    else if (report !== undefined) new Notice(TEXT.report(report));
    if (report !== undefined && report.outcome !== 'done') return;
    if (state.kind === 'attention') this.#tellAttention(state);
    else if (report !== undefined) return;
    else if (state.kind === 'offline' || state.kind === 'unset') new Notice(TEXT.failed(state.message));
    else if (state.kind === 'paused') new Notice(TEXT.paused);
  }

  #tellAttention(state: Attention): void {
    this.#told = state.message;
    this.#asking?.hide();
    this.#asking = new Notice(this.#fragment(state), ASKING_MS);
  }

  /** Once, when the app has started: encrypting the cloud may have been cut off with it. */
  async #tellUnfinished(): Promise<void> {
    this.#lookedForUnfinished = true;
    const { service, open } = this.#ui();
    const stage = await service.encryption.unfinished();
    if (stage === undefined) return;
    const { unfinished, goOn } = TEXTS.encryption;
    new Notice(
      asking(unfinished[stage], goOn, () => open.encryption()),
      ASKING_MS,
    );
  }

  #fragment(state: Attention): DocumentFragment {
    const { open } = this.#ui();
    const screens: Readonly<Record<Attention['reason'], () => void>> = {
      failed: () => open.log(),
      held: () => open.held(),
      'first-preview': () => open.preview(),
      conflicts: () => open.conflicts(),
      aside: () => open.log(),
      problems: () => open.log(),
    };
    return asking(TEXT.failed(state.message), OPEN[state.reason], screens[state.reason]);
  }
}

function asking(text: string, buttonText: string, act: () => void): DocumentFragment {
  return createFragment((fragment) => {
    fragment.createDiv({ text });
    const button = fragment.createEl('button', {
      cls: 'twincloud-notice-button',
      text: buttonText,
      attr: { type: 'button' },
    });
    button.addEventListener('click', act);
  });
}
