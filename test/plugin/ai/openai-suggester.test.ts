import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/core/suggestion/request.ts';
import { createOpenAiSuggester } from '../../../src/plugin/ai/openai-suggester.ts';
import { SuggestError, type AskOptions, type ModelAddress } from '../../../src/plugin/ai/suggester.ts';
import { pageFetch } from './page-roads.ts';
import { requestUrlOfNode, sleepsOfNode } from './page-roads.ts';
import {
  breaksAfter,
  delta,
  finish,
  html,
  isSilent,
  json,
  redirectsTo,
  says,
  ScriptedModel,
  stallsAfter,
  streams,
} from '../../support/servers/scripted-model.mts';

const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'Merge.' },
  { role: 'user', content: 'one and two' },
];

describe('asking a model over HTTP', () => {
  let model: ScriptedModel;
  let other: ScriptedModel;
  /** Without the page's rules, and with them: a server that does not allow the app's origin. */
  const open = createOpenAiSuggester({ fetch: pageFetch, requestUrl: requestUrlOfNode, clock: sleepsOfNode });
  const closed = createOpenAiSuggester({
    fetch: () => Promise.reject(new TypeError('Failed to fetch')),
    requestUrl: requestUrlOfNode,
    clock: sleepsOfNode,
  });

  beforeAll(async () => {
    [model, other] = await Promise.all([ScriptedModel.start(), ScriptedModel.start()]);
  });
  beforeEach(() => {
    model.asked.length = 0;
    model.hungUp = 0;
  });
  afterAll(() => Promise.all([model.stop(), other.stop()]));

  const address = (change: Partial<ModelAddress> = {}): ModelAddress => ({
    url: model.url,
    model: 'small',
    key: 'sk-test',
    // Of a machine that has much to do, too.
    patienceMs: 10_000,
    ...change,
  });
  const options = (change: Partial<AskOptions> = {}): AskOptions => ({
    signal: new AbortController().signal,
    onText: () => undefined,
    ...change,
  });
  const failure = async (by = open, at = address({ patienceMs: 1_500 })): Promise<unknown> => {
    try {
      return await by.ask(at, MESSAGES, options());
    } catch (error) {
      return error instanceof SuggestError ? [error.kind, error.detail] : error;
    }
  };

  it('gives the answer as it comes, and whole at the end, whatever the pieces', async () => {
    const text = '@@1@@\nGrüße, 日本 👩‍👧\n@@end@@';
    for (const piece of [1, 3, 1000]) {
      model.script = [says(text, { piece })];
      const seen: string[] = [];
      expect(await open.ask(address(), MESSAGES, options({ onText: (so) => seen.push(so) }))).toBe(text);
      expect(seen.at(-1)).toBe(text);
      expect(seen.every((so, index) => index === 0 || so.startsWith(seen[index - 1] ?? ''))).toBe(true);
    }
  });

  it('[AI2] sends the model, the messages and the key to the address, and nothing to another that it points to', async () => {
    model.script = [says('x')];
    await open.ask(address({ url: `${model.url}/` }), MESSAGES, options());
    const [asked] = model.asked;
    expect(asked).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-test' },
    });
    expect(asked?.body).toEqual({ model: 'small', messages: MESSAGES, stream: true, temperature: 0 });
    model.script = [redirectsTo(`${other.url}/chat/completions`)];
    expect(await failure()).toEqual(['redirected', '']);
    expect(other.asked).toEqual([]);
    model.script = [says('x')];
    await open.ask(address({ key: undefined }), MESSAGES, options());
    expect(model.asked.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('takes a whole answer, also by the other road where pages are not let in', async () => {
    model.script = [json(200, { choices: [{ message: { content: 'all' }, finish_reason: 'stop' }] })];
    expect(await open.ask(address(), MESSAGES, options())).toBe('all');
    model.script = [says('by the app')];
    expect(await closed.ask(address(), MESSAGES, options())).toBe('by the app');
    expect(model.asked.at(-1)?.body.stream).toBe(false);
  });

  it('asks again without a temperature where a model has one only', async () => {
    const picky = json(400, { error: { message: "Unsupported value: 'temperature' does not support 0." } });
    model.script = [picky, says('x')];
    expect(await open.ask(address(), MESSAGES, options())).toBe('x');
    expect(model.asked.map(({ body }) => 'temperature' in body)).toEqual([true, false]);
    model.script = [picky];
    expect(await failure()).toMatchObject(['rejected', expect.stringContaining('temperature')]);
  });

  const error = (message: string, code?: string): object => ({ error: { message, code } });
  it.each([
    [401, error('Incorrect API key'), 'unauthorized'],
    [403, error('Not allowed'), 'unauthorized'],
    [404, { error: 'model "x" not found' }, 'no-model'],
    [429, error('Slow down'), 'rate-limited'],
    [400, error('This model’s maximum context length is 4096 tokens'), 'too-long'],
    [400, error('the request exceeds the available context size', 'exceed_context_size_error'), 'too-long'],
    [413, {}, 'too-long'],
    [422, { message: 'No field messages' }, 'rejected'],
    [500, error('Oops'), 'server'],
    [503, error('Loading model'), 'server'],
    [504, {}, 'timeout'],
  ])('[AI13] says what an answer of %i means', async (status, body, kind) => {
    model.script = [json(status, body)];
    for (const by of [open, closed]) expect(await failure(by)).toMatchObject([kind, expect.any(String)]);
  });

  it.each([
    ['a page with 200', html(200), 'no-api'],
    ['a page with 502', html(502), 'server'],
    ['JSON of another kind', json(200, { ok: true }), 'no-api'],
    ['JSON that is no object', json(200, [1]), 'no-api'],
    ['no choices', json(200, { choices: [] }), 'empty'],
    ['no text', says(''), 'empty'],
    ['blanks alone', says(' \n'), 'empty'],
    ['an answer that is cut off', says('half an ans', { reason: 'length' }), 'cut-off'],
    ['a filter', says('half', { reason: 'content_filter' }), 'refused'],
    ['a refusal', json(200, { choices: [{ message: { content: null, refusal: 'I may not.' } }] }), 'refused'],
  ])('[AI13] tells %s from an answer', async (_, script, kind) => {
    model.script = [script];
    for (const by of [open, closed]) expect(await failure(by)).toMatchObject([kind, expect.any(String)]);
  });

  it.each([
    ['ends without its end', streams(delta('half')), 'broken'],
    ['breaks', breaksAfter('half'), 'broken'],
    ['is no JSON', streams(delta('half'), '{"choices":'), 'no-api'],
    ['tells of an error in its midst', streams(delta('half'), error('overloaded')), 'server'],
    [
      'refuses in its midst',
      streams({ choices: [{ delta: { refusal: 'No.' } }] }, finish('stop')),
      'refused',
    ],
    ['stalls', stallsAfter('half'), 'stalled'],
    ['never begins', isSilent, 'timeout'],
    ['floods', streams(delta('x'.repeat(9000)), delta('more')), 'too-much'],
    ['has an event without an end', streams(delta('x'), 'y'.repeat(2_000_000)), 'broken'],
  ])('[AI13] knows a stream that %s for no answer', async (_, script, kind) => {
    model.script = [script];
    expect(await failure()).toMatchObject([kind, expect.any(String)]);
  });

  it('[AI13] says when nobody answers at the address', async () => {
    const gone = await ScriptedModel.start();
    const { url } = gone;
    await gone.stop();
    expect(await failure(open, address({ url }))).toEqual(['unreachable', '']);
  });

  it('takes an end without a reason, if the server says that it is the end', async () => {
    model.script = [streams(delta('all'), '[DONE]')];
    expect(await open.ask(address(), MESSAGES, options())).toBe('all');
  });

  it('[AI14] stops at once when told to, and lets the server know', async () => {
    model.script = [stallsAfter('half')];
    const abort = new AbortController();
    const asking = open.ask(address({ patienceMs: 60_000 }), MESSAGES, {
      signal: abort.signal,
      onText: () => abort.abort(),
    });
    await expect(asking).rejects.toMatchObject({ kind: 'stopped' });
    await expect.poll(() => model.hungUp).toBe(1);
  });

  it('[AI14] stops waiting for what cannot be stopped, and waits on while pieces come', async () => {
    model.script = [isSilent];
    expect(await failure(closed)).toEqual(['timeout', '']);
    const abort = new AbortController();
    const asking = closed.ask(address(), MESSAGES, options({ signal: abort.signal }));
    abort.abort();
    await expect(asking).rejects.toMatchObject({ kind: 'stopped' });
    model.script = [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        let pieces = 0;
        const timer = setInterval(() => {
          pieces += 1;
          response.write(`data: ${JSON.stringify(delta('x'))}\n\n`);
          if (pieces < 12) return;
          clearInterval(timer);
          response.end(`data: ${JSON.stringify(finish('stop'))}\n\n`);
        }, 200);
      },
    ];
    // All of it takes longer than the patience, no piece of it does.
    const asked = open.ask(address({ patienceMs: 1_500 }), MESSAGES, options());
    expect(await asked).toBe('x'.repeat(12));
  });

  it('keeps what a server says of a failure short and plain', async () => {
    model.script = [json(401, error(`bad\u202ekey\n${'x'.repeat(5000)}`))];
    const [, detail] = (await failure()) as readonly [string, string];
    expect(detail.length).toBeLessThan(400);
    expect(detail).toContain('bad\\u202ekey x');
  });
});
