import type { PreviewReport } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import { LoadingModal, type Loading } from './loading-modal.ts';
import { button, buttonRow, callout, foldedList, statusLine } from './parts.ts';
import { changesOf } from '../../core/text/plan-tree.ts';
import { showChanges } from './plan-view.ts';

/** What a sync would do, and the acceptance of a first sync. */
export class PreviewModal extends LoadingModal<PreviewReport> {
  protected loading(): Loading<PreviewReport> {
    return {
      title: TEXTS.plan.title,
      waiting: TEXTS.plan.loading,
      classes: ['twincloud-wide'],
      load: () => this.ui.service.preview(),
    };
  }

  protected show(report: PreviewReport): void {
    const { contentEl } = this;
    const { plan } = TEXTS;
    contentEl.empty();
    if (report.needsAcceptance) {
      callout(contentEl, { tone: 'info', title: plan.firstTitle, text: plan.first });
    }
    if (report.adopts > 0) callout(contentEl, { tone: 'info', text: plan.adopts(report.adopts) });
    if (report.held.length > 0) {
      callout(contentEl, { tone: 'warning', text: plan.held(report.held.length) });
    }
    const changes = changesOf(report.plan.actions);
    const works = changes.length > 0 || report.adopts > 0;
    statusLine(contentEl, works ? plan.explain : plan.nothing);
    if (changes.length > 0) showChanges(contentEl, changes);
    this.#showRest(report);
    this.#showButtons(report, works);
  }

  #showRest({ problems, plan: { notices } }: PreviewReport): void {
    if (problems.length > 0) {
      const rows = problems.map(({ path, message }) => ({
        title: plainText(path),
        detail: plainText(message),
      }));
      foldedList(this.contentEl, { title: TEXTS.plan.problems(problems.length), rows });
    }
    if (notices.length > 0) {
      const rows = notices.map(({ path, reason }) => ({ title: plainText(path), detail: plainText(reason) }));
      foldedList(this.contentEl, { title: TEXTS.plan.notices, rows });
    }
  }

  #showButtons({ needsAcceptance }: PreviewReport, works: boolean): void {
    const row = buttonRow(this.contentEl);
    if (works) {
      const text = needsAcceptance ? TEXTS.plan.accept : TEXTS.plan.sync;
      const go = button(row, text, () => {
        this.close();
        this.ui.syncByHand({ acceptFirst: needsAcceptance });
      });
      go.setCta();
    }
    button(row, TEXTS.close, () => this.close());
  }
}
