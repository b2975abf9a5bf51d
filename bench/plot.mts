export interface Series {
  readonly name: string;
  /** Both above 0. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { left: 60, right: 190, top: 40, bottom: 45 };
/** Told apart also without colours by their dashes. */
const STYLES = [
  ['#0b62a4', ''],
  ['#7a7a7a', '2 3'],
  ['#1a7f4b', ''],
  ['#c2571a', '6 3'],
  ['#8e44ad', '6 3'],
  ['#b3261e', '1 3'],
] as const;

/** A plot with both axes logarithmic, as SVG that can be read on light and dark pages. */
export function plotOf(title: string, series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points);
  const x = axis(
    points.map((point) => point.x),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = axis(
    points.map((point) => point.y),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  const grid = [
    ...x.ticks.map((tick) => line(x.at(tick), MARGIN.top, x.at(tick), HEIGHT - MARGIN.bottom)),
    ...y.ticks.map((tick) => line(MARGIN.left, y.at(tick), WIDTH - MARGIN.right, y.at(tick))),
    ...x.ticks.map((tick) =>
      label(x.at(tick), HEIGHT - MARGIN.bottom + 18, tick.toLocaleString('en'), 'middle'),
    ),
    ...y.ticks.map((tick) => label(MARGIN.left - 8, y.at(tick) + 4, String(tick), 'end')),
  ];
  const lines = series.flatMap((one, index) => {
    const [color, dash] = STYLES[index % STYLES.length] ?? STYLES[0];
    const path = one.points.map((point) => `${x.at(point.x).toFixed(1)},${y.at(point.y).toFixed(1)}`);
    const dots = path.map((at) => `<circle cx="${at.replace(',', '" cy="')}" r="3" fill="${color}"/>`);
    const keyY = MARGIN.top + 10 + index * 20;
    const keyX = WIDTH - MARGIN.right + 14;
    return [
      `<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      ...dots,
      `<line x1="${String(keyX)}" y1="${String(keyY)}" x2="${String(keyX + 26)}" y2="${String(keyY)}" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      label(keyX + 32, keyY + 4, one.name, 'start'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="sans-serif" font-size="12">`,
    `<rect width="${String(WIDTH)}" height="${String(HEIGHT)}" fill="#ffffff"/>`,
    label(MARGIN.left, 22, title, 'start'),
    ...grid,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

function axis(
  values: readonly number[],
  from: number,
  to: number,
): { readonly at: (value: number) => number; readonly ticks: readonly number[] } {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number((10 ** (first + index)).toPrecision(1)),
  );
  return { at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from), ticks };
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a ?? ''}" y1="${b ?? ''}" x2="${c ?? ''}" y2="${d ?? ''}" stroke="#dddddd"/>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#222222">${safe}</text>`;
}
