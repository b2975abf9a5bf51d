import { describe, expect, it } from 'vitest';
import { isWhole } from '../../../../src/core/merge/structured/is-whole.ts';
import { arrow, card } from './canvas-files.ts';
import { canvasText } from '../../../support/canvas-text.ts';

const CANVAS = canvasText({ nodes: [card('a'), card('b')], edges: [arrow('ab', 'a', 'b')] });
const LOOSE = canvasText({ nodes: [card('a')], edges: [arrow('ab', 'a', 'b')] });
const TWICE = canvasText({ nodes: [card('a'), card('a', { x: 1 })], edges: [] });

describe('a file that somebody put together', () => {
  it.each([
    ['a canvas', CANVAS],
    ['written by hand, with blanks and a colon within a text', '{ "a" : "b\\": c",\n\n "nodes": [] }'],
    ['with a byte order mark', `\uFEFF${CANVAS}`],
  ])('[CF16] is whole: %s', (_title, text) => {
    expect(isWhole(text, 'canvas', [CANVAS, CANVAS])).toBe(true);
  });

  it.each([
    ['no JSON', `${CANVAS},`],
    ['nothing', ''],
    ['a key twice', '{"a":1,"a":2}'],
    ['a card twice', TWICE],
    ['an arrow without its card', LOOSE],
  ])('[CF16] is not whole: %s', (_title, text) => {
    expect(isWhole(text, 'canvas', [CANVAS, CANVAS])).toBe(false);
  });

  it.each([
    ['no JSON', '{'],
    ['a key twice', '{"a":1,"a":2}'],
    ['a card twice', TWICE],
    ['an arrow without its card', LOOSE],
  ])('[CF16] is as whole as a version of it: %s', (_title, text) => {
    expect(isWhole(text, 'canvas', [CANVAS, text])).toBe(true);
  });

  it('[CF16] other JSON knows no cards, and may be deep', () => {
    expect(isWhole(TWICE, 'json', [])).toBe(true);
    expect(isWhole(`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'json', [])).toBe(true);
  });
});
