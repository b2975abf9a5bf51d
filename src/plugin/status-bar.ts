import { Platform, setIcon } from 'obsidian';
import { faceOf, type Face } from './status-face.ts';
import { statusMenu } from './status-menu.ts';
import { TEXTS } from './texts.ts';
import type { Ui } from './ui-context.ts';

/** Shows the state: in the status bar, or by an icon of the ribbon where there is none. */
export function registerStatus(ui: Ui): void {
  const show = Platform.isMobile ? ribbonIcon(ui) : statusBarItem(ui);
  let shown: Face | undefined;
  const update = (): void => {
    const face = faceOf(ui.service.state);
    // Progress comes many times a second; what looks the same is not drawn again.
    if (shown?.text === face.text && shown.detail === face.detail && shown.icon === face.icon) return;
    show(face, shown);
    shown = face;
  };
  update();
  ui.plugin.register(ui.service.onState(update));
}

type Show = (face: Face, before: Face | undefined) => void;

function statusBarItem(ui: Ui): Show {
  const el = ui.plugin.addStatusBarItem();
  el.addClass('mod-clickable', 'twincloud-status');
  el.setAttrs({ role: 'button', tabindex: '0', 'aria-haspopup': 'menu', 'data-tooltip-position': 'top' });
  const iconEl = el.createSpan({ cls: 'twincloud-icon', attr: { 'aria-hidden': 'true' } });
  const textEl = el.createSpan({ cls: 'twincloud-status-text' });
  ui.plugin.registerDomEvent(el, 'click', (event) => statusMenu(ui).showAtMouseEvent(event));
  openOnKeys(ui, el);
  const tell = announcer(el);
  return (face, before) => {
    drawIcon(iconEl, face, before);
    textEl.setText(face.text);
    el.setAttr('aria-label', label(face));
    el.dataset['tone'] = face.tone;
    tell(face, before);
  };
}

function ribbonIcon(ui: Ui): Show {
  const el = ui.plugin.addRibbonIcon('cloud', TEXTS.status.name, (event) => {
    statusMenu(ui).showAtMouseEvent(event);
  });
  el.addClass('twincloud-ribbon');
  openOnKeys(ui, el);
  return (face, before) => {
    drawIcon(el, face, before);
    if (face.badge === undefined) delete el.dataset['badge'];
    else el.dataset['badge'] = String(face.badge);
    el.setAttr('aria-label', label(face));
    el.dataset['tone'] = face.tone;
  };
}

/** Neither item is a button to the browser: Enter and the space bar have to be told what they do. */
function openOnKeys(ui: Ui, el: HTMLElement): void {
  ui.plugin.registerDomEvent(el, 'keydown', (event) => {
    if (event.defaultPrevented || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    const { left, top } = el.getBoundingClientRect();
    statusMenu(ui).showAtPosition({ x: left, y: top }, el.doc);
  });
}

function drawIcon(el: HTMLElement, face: Face, before: Face | undefined): void {
  if (face.icon !== before?.icon) setIcon(el, face.icon);
}

function label({ text, detail }: Face): string {
  return `${TEXTS.status.name}: ${text}. ${detail}`;
}

/** Tells a screen reader of another state, not of every step of the progress. */
function announcer(el: HTMLElement): Show {
  const live = el.createSpan({ cls: 'twincloud-hidden', attr: { 'aria-live': 'polite' } });
  return (face, before) => {
    if (before !== undefined && face.icon !== before.icon) live.setText(label(face));
  };
}
