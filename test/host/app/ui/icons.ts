/** Drawn for this host, under the names that the app's icons have; 24 by 24, stroked. */
const PATHS: Readonly<Record<string, string>> = {
  cloud: 'M7 18a4 4 0 0 1-.6-7.95 6 6 0 0 1 11.3 1.5A3.3 3.3 0 0 1 17.5 18z',
  'cloud-off': 'M4 4l16 16M7 18a4 4 0 0 1-.6-7.95M10 6.3a6 6 0 0 1 7.7 5.2A3.3 3.3 0 0 1 20 16.5M7 18h9',
  'refresh-cw': 'M20 11a8 8 0 0 0-14-4.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4.5l2-2.5M20 20v-5h-5',
  'loader-circle': 'M20 12a8 8 0 1 1-5.5-7.6',
  check: 'M5 13l4 4L19 7',
  'circle-check': 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M8 12.5l2.8 2.8L16 9.5',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  square: 'M6 6h12v12H6z',
  'circle-pause': 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M10 9v6M14 9v6',
  'circle-alert': 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 8v5M12 16v.1',
  'alert-triangle': 'M12 4l9 16H3zM12 10v4M12 17v.1',
  clock: 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 7v5l3 2',
  history: 'M4 12a8 8 0 1 0 3-6.2L4 8M4 4v4h4M12 8v4l3 2',
  'wifi-off': 'M4 4l16 16M5 12a10 10 0 0 1 4-2.4M13 9a10 10 0 0 1 6 3M8.5 15.5a5 5 0 0 1 6 0M12 19v.1',
  settings:
    'M10.1 5.0L10.4 2.5L13.6 2.5L13.9 5.0L15.6 5.8L17.5 4.2L19.8 6.5L18.2 8.4L19.0 10.1L21.5 10.4L21.5 13.6L19.0 13.9L18.2 15.6L19.8 17.5L17.5 19.8L15.6 18.2L13.9 19.0L13.6 21.5L10.4 21.5L10.1 19.0L8.4 18.2L6.5 19.8L4.2 17.5L5.8 15.6L5.0 13.9L2.5 13.6L2.5 10.4L5.0 10.1L5.8 8.4L4.2 6.5L6.5 4.2L8.4 5.8zM12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6',
  'scroll-text': 'M6 4h11a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6zM9 8h7M9 12h7M9 16h4',
  list: 'M8 6h12M8 12h12M8 18h12M4 6v.1M4 12v.1M4 18v.1',
  'file-text': 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  folder: 'M3 6h6l2 2h10v11H3z',
  'chevron-right': 'M9 6l6 6-6 6',
  'chevron-left': 'M15 6l-6 6 6 6',
  'chevron-down': 'M6 9l6 6 6-6',
  x: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  'plus-circle': 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 8v8M8 12h8',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  'trash-2': 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  pencil: 'M4 20l1-5L16 4l4 4L9 19z',
  search: 'M4 11a7 7 0 1 0 14 0 7 7 0 1 0-14 0M16 16l5 5',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6',
  key: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 12h9M18 12v4M15 12v3',
  'key-round': 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 12h9M18 12v4M15 12v3',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
  shield: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z',
  'shield-check': 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  upload: 'M12 16V4M7 9l5-5 5 5M4 20h16',
  'arrow-up': 'M12 20V5M6 11l6-6 6 6',
  'arrow-down': 'M12 4v15M6 13l6 6 6-6',
  'arrow-right': 'M4 12h15M13 6l6 6-6 6',
  minus: 'M5 12h14',
  circle: 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0',
  hand: 'M8 13V5.5a1.5 1.5 0 0 1 3 0V11M11 11V4a1.5 1.5 0 0 1 3 0v7M14 11V5.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-3 0-4.500-2-6-5l-1-2.500a1.500 1.500 0 0 1 3-.500l2 3',
  'arrow-up-down': 'M8 20V5M4 9l4-4 4 4M16 4v15M12 15l4 4 4-4',
  'rotate-ccw': 'M4 12a8 8 0 1 0 3-6.2L4 8M4 4v4h4',
  'undo-2': 'M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  info: 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 11v6M12 7.5v.1',
  'help-circle':
    'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17v.1',
  'chevron-up': 'm18 15-6-6-6 6',
  'git-merge': 'M6 6a2 2 0 1 0 0-.1M6 8v10M6 20a2 2 0 1 0 0-.1M18 16a2 2 0 1 0 0-.1M6 8c0 5 5 8 10 8',
  'git-compare': 'M6 6a2 2 0 1 0 0-.1M18 18a2 2 0 1 0 0-.1M6 8v8a2 2 0 0 0 2 2h4M18 16V8a2 2 0 0 0-2-2h-4',
  'more-vertical': 'M12 5v.1M12 12v.1M12 19v.1',
  'more-horizontal': 'M5 12h.1M12 12h.1M19 12h.1',
  menu: 'M4 6h16M4 12h16M4 18h16',
  terminal: 'M4 6l6 6-6 6M12 18h8',
  'panel-left': 'M3 5h18v14H3zM9 5v14',
  'panel-right': 'M3 5h18v14H3zM15 5v14',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  moon: 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z',
  smartphone: 'M7 3h10v18H7zM11 18h2',
  monitor: 'M3 4h18v12H3zM9 20h6M12 16v4',
  'grip-vertical': 'M9 6v.1M15 6v.1M9 12v.1M15 12v.1M9 18v.1M15 18v.1',
  'external-link': 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  ban: 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M6 6l12 12',
  activity: 'M3 12h4l3-8 4 16 3-8h4',
  database: 'M4 6c0-4 16-4 16 0v12c0 4-16 4-16 0zM4 6c0 4 16 4 16 0M4 12c0 4 16 4 16 0',
};

const added = new Map<string, string>();

export function getIconIds(): string[] {
  return [...Object.keys(PATHS).map((name) => `lucide-${name}`), ...added.keys()];
}

export function addIcon(id: string, svgContent: string): void {
  added.set(id, svgContent);
}

export function removeIcon(id: string): void {
  added.delete(id);
}

export function getIcon(id: string): SVGSVGElement | null {
  return draw(activeDocument, id) ?? null;
}

/** The app leaves the place empty for a name that it does not know; here that is an error, as nobody would see it. */
export function setIcon(parent: HTMLElement, id: string): void {
  parent.empty();
  if (id === '') return;
  const icon = draw(parent.doc, id);
  if (icon === undefined) throw new Error(`The test host has no icon "${id}". Draw it in ui/icons.ts.`);
  parent.appendChild(icon);
}

function draw(doc: Document, id: string): SVGSVGElement | undefined {
  const name = id.replace(/^lucide-/u, '');
  const own = added.get(id);
  const path = PATHS[name];
  if (own === undefined && path === undefined) return undefined;
  const svg = doc.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttrs({
    class: `svg-icon ${own === undefined ? `lucide-${name}` : id}`,
    viewBox: own === undefined ? '0 0 24 24' : '0 0 100 100',
    width: 24,
    height: 24,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 2,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
  if (own === undefined) svg.createSvg('path', { attr: { d: path ?? '' } });
  else {
    const parsed = new DOMParser().parseFromString(
      `<svg xmlns="http://www.w3.org/2000/svg">${own}</svg>`,
      'image/svg+xml',
    );
    for (const child of [...parsed.documentElement.childNodes]) svg.appendChild(doc.importNode(child, true));
  }
  return svg;
}
