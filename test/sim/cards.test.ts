import { describe, expect, it } from 'vitest';
import { toBytes } from './bytes.ts';
import { Cards } from './cards.ts';
import { readCanvas } from './canvas.ts';
import { canvasText } from '../support/canvas-text.ts';

const A = { id: 'a', type: 'text', x: 0, text: 'one qax1z' };
const B = { id: 'b', type: 'text', x: 20, text: 'two qax2z' };
const ARROW = { id: 'e', fromNode: 'a', toNode: 'b' };

function cards(): Cards {
  const made = new Cards();
  made.saved(toBytes(canvasText({ nodes: [A, B], edges: [ARROW] })));
  made.saved(toBytes(canvasText({ nodes: [{ ...A, x: 40 }], edges: [] })));
  return made;
}

describe('the rule for canvases that an engine has merged', () => {
  it('lets what people gave the cards pass, and any words', () => {
    const merged = { nodes: [{ ...A, x: 40, text: 'one qax1z three' }, B], edges: [ARROW] };
    expect(cards().problemIn(canvasText(merged))).toBeUndefined();
  });

  it.each([
    ['half a file', canvasText({ nodes: [A, B], edges: [] }).slice(0, 30), 'cannot be read'],
    ['a card twice', canvasText({ nodes: [A, A], edges: [] }), 'twice'],
    ['a loose arrow', canvasText({ nodes: [A], edges: [ARROW] }), 'lost its card'],
    ['a place that nobody chose', canvasText({ nodes: [{ ...A, x: 60 }], edges: [] }), 'nobody gave it'],
  ])('finds %s', (_what, text, problem) => {
    expect(cards().problemIn(text)).toContain(problem);
  });

  it('reads what it writes', () => {
    const canvas = { nodes: [A, B], edges: [ARROW] };
    expect(readCanvas(canvasText(canvas))).toEqual(canvas);
  });
});
