import { createParser } from 'eventsource-parser';
import * as v from 'valibot';
import { plainText } from '../../core/text/words.ts';
import { SuggestError } from './suggester.ts';

/*
 * Answers of OpenAI's chat completions, whole (`{"choices":[{"message":…}]}`) or as server-sent events
 * (`data: {"choices":[{"delta":…}]}` … `data: [DONE]`), as other servers give them too.
 */

const Text = v.nullish(v.string());
const Choice = v.looseObject({
  message: v.nullish(v.looseObject({ content: Text, refusal: Text })),
  delta: v.nullish(v.looseObject({ content: Text, refusal: Text })),
  finish_reason: Text,
});
const Answer = v.looseObject({ choices: v.nullish(v.array(Choice)), error: v.optional(v.unknown()) });
const MOST_DETAIL = 300;

/** Puts an answer together; throws a SuggestError as soon as it is known to be none. */
export class ChatAnswer {
  readonly #mostCharacters: number;
  readonly #parser = createParser({ onEvent: ({ data }) => this.#event(data), maxBufferSize: 1_000_000 });
  #text = '';
  #finish: string | undefined;
  #isDone = false;

  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters;
  }

  get text(): string {
    return this.#text;
  }

  /** Nothing more is to come, though the server may keep the line open. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** A part of a stream of events, cut anywhere. */
  feed(chunk: string): void {
    this.#parser.feed(chunk);
  }

  /** All of an answer that is no stream. */
  whole(body: string): void {
    this.#take(parsed(body));
    if (this.#finish === undefined && this.#text !== '') this.#finish = 'stop';
    this.#isDone = true;
  }

  /** Call at the end. */
  end(): string {
    if (this.#finish === 'length') throw new SuggestError('cut-off');
    if (this.#finish === 'content_filter') throw new SuggestError('refused');
    // A stream that just ends may have lost its end.
    if (this.#finish === undefined && !this.#isDone) throw new SuggestError('broken');
    if (this.#text.trim() === '') throw new SuggestError('empty');
    return this.#text;
  }

  #event(data: string): void {
    if (this.#isDone) return;
    if (data.trim() === '[DONE]') this.#isDone = true;
    else this.#take(parsed(data));
  }

  #take(body: unknown): void {
    const answer = v.safeParse(Answer, body);
    if (!answer.success) throw new SuggestError('no-api');
    const { error, choices } = answer.output;
    if (error !== undefined && error !== null)
      throw new SuggestError('server', { detail: detailOf(answer.output) });
    if (choices === undefined || choices === null) throw new SuggestError('no-api');
    const [choice] = choices;
    const part = choice?.delta ?? choice?.message;
    const refusal = part?.refusal ?? '';
    if (refusal !== '') throw new SuggestError('refused', { detail: clipped(refusal) });
    this.#text += part?.content ?? '';
    this.#finish = choice?.finish_reason ?? this.#finish;
    if (this.#text.length > this.#mostCharacters) throw new SuggestError('too-much');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SuggestError('no-api', { cause: error });
  }
}

const Failure = v.union([
  v.pipe(
    v.looseObject({ error: v.looseObject({ message: v.string(), code: v.optional(v.unknown()) }) }),
    v.transform(({ error }) => `${error.message} ${typeof error.code === 'string' ? error.code : ''}`),
  ),
  v.pipe(
    v.looseObject({ error: v.string() }),
    v.transform(({ error }) => error),
  ),
  v.pipe(
    v.looseObject({ message: v.string() }),
    v.transform(({ message }) => message),
  ),
]);

/** What the body of a failed request says, or nothing. */
export function detailOf(body: unknown): string {
  const failure = v.safeParse(Failure, typeof body === 'string' ? maybeParsed(body) : body);
  return failure.success ? clipped(failure.output) : '';
}

function maybeParsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function clipped(text: string): string {
  const plain = plainText(text.trim().replace(/\s+/gu, ' '));
  return plain.length > MOST_DETAIL ? `${plain.slice(0, MOST_DETAIL)}…` : plain;
}
