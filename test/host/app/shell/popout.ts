import { installDomExtensions } from '../dom/extensions.ts';
import { modalTakesKey } from '../ui/modal.ts';

export interface Popout {
  close(): void;
}

/**
 * A window of its own as far as code can tell: another document, other prototypes. Until it closes it is the
 * active one. It lies in a frame over the page.
 */
export function openPopout(): Popout {
  const frame = document.body.createEl('iframe', 'host-popout');
  const win = frame.contentWindow as (Window & typeof globalThis) | null;
  if (win === null) throw new Error('A frame in a page has a window.');
  installDomExtensions(win);
  for (const sheet of document.querySelectorAll('link[rel=stylesheet], style'))
    win.document.head.appendChild(win.document.importNode(sheet, true));
  win.document.body.className = document.body.className;
  win.document.addEventListener('keydown', (event) => {
    modalTakesKey(event);
  });
  Object.assign(window, { activeWindow: win, activeDocument: win.document });
  return {
    close: () => {
      Object.assign(window, { activeWindow: window, activeDocument: document });
      frame.remove();
    },
  };
}
