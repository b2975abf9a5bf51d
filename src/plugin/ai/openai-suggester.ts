import type { ChatMessage } from '../../core/suggestion/request.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Fetch } from '../adapters/http/fetch-transport.ts';
import type { RequestUrl } from '../adapters/http/request-url-transport.ts';
import { ChatAnswer, detailOf } from './chat-answer.ts';
import { Patience } from './patience.ts';
import {
  completionsUrl,
  SuggestError,
  type AskOptions,
  type ModelAddress,
  type Suggester,
} from './suggester.ts';

interface Roads {
  /** Streams, and stops when told to, but reaches only servers that allow the app's origin. */
  readonly fetch: Fetch;
  /** Reaches any server; the answer comes as a whole. */
  readonly requestUrl: RequestUrl;
  readonly clock: Clock;
}

/** An answer repeats what was sent at most a few times over. */
const MOST_TIMES = 2;
const MOST_BESIDES = 8000;
const MOST_ERROR_CHARACTERS = 100_000;

/** Over an OpenAI-compatible endpoint: by `fetch` where that gets through, else by the app's own requests. */
export function createOpenAiSuggester(roads: Roads): Suggester {
  return {
    ask: async (address, messages, options) => {
      const patience = new Patience(roads.clock, address.patienceMs, options.signal);
      try {
        return await patience.during(asked(roads, address, { messages, patience, onText: options.onText }));
      } catch (error) {
        throw failureOf(error, patience);
      } finally {
        patience.end();
      }
    },
  };
}

interface Ask {
  readonly messages: readonly ChatMessage[];
  readonly patience: Patience;
  readonly onText: AskOptions['onText'];
}

async function asked(roads: Roads, address: ModelAddress, ask: Ask): Promise<string> {
  try {
    return await attempt(roads, address, { ...ask, temperature: 0 });
  } catch (error) {
    // Some models have one temperature only, and say so before they do anything.
    const isPicky =
      error instanceof SuggestError && error.kind === 'rejected' && /temperature/iu.test(error.detail);
    if (!isPicky) throw error;
    return await attempt(roads, address, ask);
  }
}

interface Attempt extends Ask {
  readonly temperature?: number;
}

async function attempt(roads: Roads, address: ModelAddress, ask: Attempt): Promise<string> {
  const url = completionsUrl(address.url);
  let response: Response;
  try {
    response = await roads.fetch(url, {
      method: 'POST',
      headers: headersOf(address),
      body: bodyOf(address, ask, true),
      signal: ask.patience.signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      // What is sent is for this address alone.
      redirect: 'manual',
    });
  } catch (error) {
    if (ask.patience.signal.aborted) throw error;
    // Refused before anything was sent, by the page's rules or the network's.
    return await attemptWhole(roads, address, ask);
  }
  if (response.type === 'opaqueredirect') throw new SuggestError('redirected');
  if (!response.ok) throw failureOfStatus(response.status, await shortText(response, ask.patience));
  return await readAnswer(response, ask);
}

async function attemptWhole({ requestUrl }: Roads, address: ModelAddress, ask: Attempt): Promise<string> {
  let status: number;
  let text: string;
  try {
    const response = await requestUrl({
      url: completionsUrl(address.url),
      method: 'POST',
      headers: headersOf(address),
      contentType: 'application/json',
      body: bodyOf(address, ask, false),
      throw: false,
    });
    status = response.status;
    text = new TextDecoder().decode(response.arrayBuffer);
  } catch (error) {
    throw new SuggestError('unreachable', { cause: error });
  }
  if (status < 200 || status > 299) throw failureOfStatus(status, text);
  const answer = new ChatAnswer(mostCharacters(ask));
  answer.whole(text);
  return answer.end();
}

async function readAnswer(response: Response, ask: Ask): Promise<string> {
  const answer = new ChatAnswer(mostCharacters(ask));
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('text/event-stream')) {
    answer.whole(await shortText(response, ask.patience, mostCharacters(ask) * 2));
    return answer.end();
  }
  await readAll(response, ask.patience, (chunk) => {
    const before = answer.text.length;
    answer.feed(chunk);
    if (answer.text.length > before) ask.onText(answer.text);
    return !answer.isDone;
  });
  return answer.end();
}

async function shortText(
  response: Response,
  patience: Patience,
  most = MOST_ERROR_CHARACTERS,
): Promise<string> {
  let text = '';
  await readAll(response, patience, (chunk) => {
    text += chunk;
    return text.length < most;
  });
  return text;
}

/** Until `take` has enough. Whatever is left is let go. */
async function readAll(
  response: Response,
  patience: Patience,
  take: (chunk: string) => boolean,
): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    // Ends: the body is finite, or patience is.
    for (;;) {
      const { done, value } = await reader.read();
      patience.alive();
      if (done || !take(decoder.decode(value, { stream: true }))) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function mostCharacters({ messages }: Ask): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0) * MOST_TIMES + MOST_BESIDES;
}

function headersOf({ key }: ModelAddress): Record<string, string> {
  const common = { 'Content-Type': 'application/json', Accept: 'text/event-stream, application/json' };
  return key === undefined ? common : { ...common, Authorization: `Bearer ${key}` };
}

function bodyOf({ model }: ModelAddress, { messages, temperature }: Attempt, stream: boolean): string {
  return JSON.stringify({ model, messages, stream, ...(temperature === undefined ? {} : { temperature }) });
}

function failureOfStatus(status: number, body: string): SuggestError {
  const detail = detailOf(body);
  const isTooLong =
    status === 413 ||
    (status === 400 && /context.{0,20}(length|size|window)|too (long|large)/iu.test(detail));
  if (isTooLong) return new SuggestError('too-long', { detail });
  if (status === 401 || status === 403) return new SuggestError('unauthorized', { detail });
  if (status === 404) return new SuggestError('no-model', { detail });
  if (status === 429) return new SuggestError('rate-limited', { detail });
  if (status === 408 || status === 504) return new SuggestError('timeout', { detail });
  if (status >= 300 && status < 400) return new SuggestError('redirected');
  if (status >= 500) return new SuggestError('server', { detail: detail || String(status) });
  return new SuggestError('rejected', { detail: detail || String(status) });
}

function failureOf(error: unknown, { why }: Patience): SuggestError {
  if (why !== undefined) return new SuggestError(why);
  if (error instanceof SuggestError) return error;
  // The line broke in the middle of an answer.
  return new SuggestError('broken', { cause: error });
}
