import type { ChatMessage } from '../../core/suggestion/request.ts';

/** Where a model answers. */
export interface ModelAddress {
  /** As the user typed it, checked: `https://host/v1`, or the whole address of the chat completions. */
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
  /** Given up when nothing comes for so long. */
  readonly patienceMs: number;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Called with all of the answer so far, whenever there is more; never where an answer comes as a whole. */
  readonly onText: (text: string) => void;
}

/** Asks a language model. Sends the messages to that address and nowhere else, once; keeps nothing. */
export interface Suggester {
  /** The whole answer. Rejects with a SuggestError; one that was cut off, refused or stopped is no answer. */
  ask(address: ModelAddress, messages: readonly ChatMessage[], options: AskOptions): Promise<string>;
}

export type SuggestFailure =
  | 'stopped'
  | 'unreachable'
  | 'timeout'
  | 'stalled'
  | 'redirected'
  | 'unauthorized'
  | 'no-model'
  | 'rate-limited'
  | 'too-long'
  | 'rejected'
  | 'server'
  | 'no-api'
  | 'broken'
  | 'cut-off'
  | 'refused'
  | 'empty'
  | 'too-much';

/** Why there is no answer. `detail`: what the server said of it, short, not to be trusted. */
export class SuggestError extends Error {
  readonly kind: SuggestFailure;
  readonly detail: string;

  constructor(kind: SuggestFailure, options: { readonly detail?: string; readonly cause?: unknown } = {}) {
    super(`No suggestion: ${kind}`, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'SuggestError';
    this.kind = kind;
    this.detail = options.detail ?? '';
  }
}

/** Of the OpenAI API, below the base address that people are told. */
export function completionsUrl(url: string): string {
  const base = url.trim().replace(/\/+$/u, '');
  return base.endsWith('/chat/completions') ? base : `${base}/chat/completions`;
}
