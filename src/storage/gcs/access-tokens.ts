import * as v from 'valibot';
import { isStoreError, StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';
import { denied, type GcsCredentials } from './credentials.ts';
import { corruptAnswer, readBytes, untilAborted } from './read-body.ts';
import { parseJson, readError } from './refusal.ts';
import { signedStatement } from './signed-statement.ts';
import { networkDetail, requestTo, type HttpTransport, type TransportResponse } from '../http/transport.ts';
import { parseTime } from '../http/header-times.ts';

export interface TokenMeans {
  readonly credentials: () => Promise<GcsCredentials>;
  readonly transport: HttpTransport;
  readonly timer: Timer;
}

const MOST_BYTES = 64 * 1024;
/** A new token is asked for so long before the old one ends. */
const MARGIN_MS = 5 * 60_000;
/** Who waits for a token has a time-out of its own; this one is for the request that they share. */
const ANSWER_MS = 30_000;
const SKEW_MS = 60_000;

/** RFC 6749, section 5.1. */
const TokenAnswer = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/u)),
  expires_in: v.pipe(v.number(), v.minValue(1)),
});
/** RFC 6749, section 5.2. */
const TokenRefusal = v.object({ error: v.string(), error_description: v.optional(v.string(), '') });

/** The access token of a key: kept until five minutes before its end, and asked for once by however many wait. */
export class AccessTokens {
  readonly #means: TokenMeans;
  #kept: { readonly token: string; readonly untilMs: number } | undefined;
  #asking: Promise<string> | undefined;
  /** How far the server's clock is ahead of ours, once it has refused a statement for its time. */
  #offsetMs = 0;

  constructor(means: TokenMeans) {
    this.#means = means;
  }

  /** Rejects with `denied` and the reason where the key is not taken, `unavailable` where nobody can be asked. */
  async current(signal?: AbortSignal): Promise<string> {
    if (this.#kept !== undefined && this.#means.timer.now() < this.#kept.untilMs) return this.#kept.token;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return untilAborted(this.#asking, signal);
  }

  /** The server did not take it: the next call asks for another. */
  refused(token: string): void {
    if (this.#kept?.token === token) this.#kept = undefined;
  }

  async #ask(): Promise<string> {
    const given = await this.#means.credentials().catch((error: unknown) => {
      if (isStoreError(error)) throw error;
      throw denied('no-key', error instanceof Error ? error.message : String(error));
    });
    try {
      return await this.#askOnce(given);
    } catch (error) {
      if (!isStoreError(error) || error.details.reason !== 'clock-skew' || this.#offsetMs === 0) throw error;
      return this.#askOnce(given);
    }
  }

  async #askOnce(given: GcsCredentials): Promise<string> {
    const { timer } = this.#means;
    const form = await formOf(given, timer.now() + this.#offsetMs);
    const { response, text } = await this.#post(given.tokenUri, form);
    if (response.statusCode !== 200) {
      const error = refusedToken(response, text);
      if (error.details.reason === 'clock-skew') this.#learnTime(response);
      throw error;
    }
    const parsed = v.safeParse(TokenAnswer, parseJson(text));
    if (!parsed.success) throw corruptAnswer('the answer to the key holds no token');
    const { access_token: token, expires_in: seconds } = parsed.output;
    const marginMs = Math.min(MARGIN_MS, (seconds * 1000) / 2);
    this.#kept = { token, untilMs: timer.now() + seconds * 1000 - marginMs };
    return token;
  }

  async #post(
    uri: string,
    form: URLSearchParams,
  ): Promise<{ readonly response: TransportResponse; readonly text: string }> {
    const { transport, timer } = this.#means;
    const ended = new AbortController();
    const settled = new AbortController();
    timer.sleep(ANSWER_MS, settled.signal).then(
      () => {
        ended.abort();
      },
      () => undefined,
    );
    const request = requestTo(new URL(uri), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
    });
    try {
      const { response } = await untilAborted(
        transport.handle(request, { abortSignal: ended.signal }),
        ended.signal,
      );
      const bytes = await readBytes(response, { mostBytes: MOST_BYTES, signal: ended.signal });
      return { response, text: new TextDecoder().decode(bytes) };
    } catch (error) {
      if (isStoreError(error, 'corrupt')) throw error;
      const detail = `${new URL(uri).host} gives no token: ${networkDetail(error)}`;
      throw new StoreError('unavailable', { provider: 'gcs', detail });
    } finally {
      settled.abort();
    }
  }

  #learnTime(response: TransportResponse): void {
    const serverMs = parseTime(response.headers['date']);
    const offsetMs = serverMs === undefined ? 0 : serverMs - this.#means.timer.now();
    this.#offsetMs = Math.abs(offsetMs) < SKEW_MS ? 0 : offsetMs;
  }
}

async function formOf(given: GcsCredentials, nowMs: number): Promise<URLSearchParams> {
  if (given.kind === 'user') {
    return new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: given.clientId,
      client_secret: given.clientSecret,
      refresh_token: given.refreshToken,
    });
  }
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await signedStatement(given, nowMs),
  });
}

/** Exported for the fuzz programme. What the token endpoint's "no" means; its texts are those that Google gives. */
export function refusedToken(
  response: Pick<TransportResponse, 'statusCode' | 'headers'>,
  text: string,
): StoreError {
  const { statusCode, headers } = response;
  const parsed = v.safeParse(TokenRefusal, parseJson(text));
  const { message } = readError(text, headers['content-type'] ?? '');
  const said = parsed.success ? `${parsed.output.error} ${parsed.output.error_description}` : message;
  const detail = `${String(statusCode)} ${said}`.trim().slice(0, 300);
  if (statusCode === 429) return new StoreError('rate-limited', { provider: 'gcs', detail });
  if (!parsed.success || statusCode >= 500 || statusCode < 400) {
    const kind = statusCode >= 500 || statusCode < 400 ? 'unavailable' : 'unexpected';
    return new StoreError(kind, { provider: 'gcs', detail });
  }
  if (/reasonable timeframe|token used too early|\biat\b/iu.test(said)) return denied('clock-skew', detail);
  if (/signature/iu.test(said)) return denied('wrong-secret', detail);
  if (/expired or revoked/iu.test(said)) return denied('expired-key', detail);
  return denied('wrong-key', detail);
}
