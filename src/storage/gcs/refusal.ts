import * as v from 'valibot';
import { readRetryAfter } from '../http/header-times.ts';
import type { TransportResponse } from '../http/transport.ts';
import { readBytes } from './read-body.ts';

/** A server's "no", as far as it decides anything. */
export interface Refusal {
  readonly status: number;
  /** Google's word for it (`conditionNotMet`, `forbidden`, …); empty where the answer has none. */
  readonly reason: string;
  readonly message: string;
  /** In the form that Google documents for its JSON API: not a proxy's page, nor another server's. */
  readonly documented: boolean;
  readonly retryAfterMs?: number;
}

const MOST_BYTES = 64 * 1024;

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const ErrorAnswer = v.object({
  error: v.object({
    code: v.optional(v.number()),
    message: v.optional(v.string(), ''),
    errors: v.optional(v.array(v.object({ reason: v.optional(v.string(), '') })), []),
  }),
});

/** Reads the answer's body, which nobody needs afterwards; what cannot be read leaves the status to decide. */
export async function readRefusal(response: TransportResponse, signal?: AbortSignal): Promise<Refusal> {
  const { statusCode, headers } = response;
  const bytes = await readBytes(response, { mostBytes: MOST_BYTES, signal }).catch(() => new Uint8Array(0));
  const text = new TextDecoder().decode(bytes);
  const retryAfterMs = readRetryAfter(headers);
  return {
    status: statusCode,
    ...readError(text, headers['content-type'] ?? ''),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Exported for the fuzz programme: any text gives an error, none throws. */
export function readError(
  text: string,
  contentType: string,
): Pick<Refusal, 'reason' | 'message' | 'documented'> {
  const parsed = v.safeParse(ErrorAnswer, parseJson(text));
  if (parsed.success) {
    const { message, errors } = parsed.output.error;
    return { reason: errors[0]?.reason ?? '', message: firstLine(message), documented: true };
  }
  // A page is no message to a person.
  const readable = !/html/iu.test(contentType) && !text.trimStart().startsWith('<');
  return { reason: '', message: readable ? firstLine(text) : '', documented: false };
}

/** The text's value, or `undefined` where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
