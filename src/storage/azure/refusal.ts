import * as v from 'valibot';
import { readRetryAfter } from '../http/header-times.ts';
import { readBytes } from '../http/read-body.ts';
import type { TransportResponse } from '../http/transport.ts';
import { readXml } from './xml.ts';

/** A server's "no", as far as it decides anything. */
export interface Refusal {
  readonly status: number;
  /** Azure's word for it (`BlobNotFound`, `ConditionNotMet`, …); empty where the answer has none. */
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

const MOST_BYTES = 64 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
const ErrorAnswer = v.object({
  Error: v.object({
    Code: v.optional(v.string(), ''),
    Message: v.optional(v.string(), ''),
    AuthenticationErrorDetail: v.optional(v.string(), ''),
  }),
});

/** Reads the answer's body, which nobody needs afterwards; what cannot be read leaves the status to decide. */
export async function readRefusal(response: TransportResponse, signal?: AbortSignal): Promise<Refusal> {
  const { statusCode, headers } = response;
  const bounds = { provider: 'azure', mostBytes: MOST_BYTES, signal };
  const bytes = await readBytes(response, bounds).catch(() => new Uint8Array(0));
  const { code, message } = readError(new TextDecoder().decode(bytes));
  const retryAfterMs = readRetryAfter(headers);
  return {
    status: statusCode,
    // The answer to a HEAD has no body, and a page of the browser may not see the header.
    code: headers['x-ms-error-code'] ?? code,
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Any text gives an error, none throws. */
export function readError(text: string): Pick<Refusal, 'code' | 'message'> {
  const parsed = v.safeParse(ErrorAnswer, readXml(text));
  if (!parsed.success) return { code: '', message: '' };
  const { Code: code, Message: message, AuthenticationErrorDetail: more } = parsed.output.Error;
  return { code, message: `${firstLine(message)} ${firstLine(more)}`.trim() };
}

/** What kept a request from being answered. Some words for it hold the whole address, and so the signature. */
export function networkDetail(error: unknown): string {
  // Node's `fetch` says what happened in its cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? firstLine(cause.message).replaceAll(/\?\S*/gu, '') : '';
  return `${code} ${message}`.trim().slice(0, 300);
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
