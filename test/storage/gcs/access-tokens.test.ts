import { describe, expect, it } from 'vitest';
import { AccessTokens, type TokenMeans } from '../../../src/storage/gcs/access-tokens.ts';
import { readKeyFile } from '../../../src/storage/gcs/credentials.ts';
import type { TransportRequest, TransportResponse } from '../../../src/storage/http/transport.ts';
import { StoreError } from '../../../src/storage/store-error.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { GcsAccounts } from '../../support/servers/gcs-accounts.mts';
import { failure } from '../../contract/object-store/subject-fixture.ts';

const URI = 'https://tokens.test/token';
const accounts = new GcsAccounts(URI);
const owner = accounts.add('owner', 'owner');

interface Bench {
  readonly tokens: AccessTokens;
  readonly clock: FakeClock;
  readonly asked: TransportRequest[];
}

type Reply = Response | Error | 'real' | 'never';

/** Tokens whose service answers as told; `real`: the one that checks signature, audience, time and scope. */
function bench(replies: (index: number) => Reply, keyFile = owner.keyFile): Bench {
  const clock = new FakeClock({ startMs: Date.now() });
  const asked: TransportRequest[] = [];
  const handle: TokenMeans['transport']['handle'] = async (request) => {
    asked.push(request);
    const reply = replies(asked.length - 1);
    if (reply instanceof Error) throw reply;
    if (reply === 'never') return new Promise(() => undefined);
    return { response: await answered(reply === 'real' ? checkedBy(accounts, request) : reply) };
  };
  const credentials = (): Promise<ReturnType<typeof readKeyFile>> => Promise.resolve(readKeyFile(keyFile));
  return { tokens: new AccessTokens({ credentials, transport: { handle }, timer: clock }), clock, asked };
}

function checkedBy(service: GcsAccounts, { body }: TransportRequest): Response {
  const { status, body: json } = service.answer(new URLSearchParams(String(body)));
  return Response.json(json, { status, headers: { date: new Date().toUTCString() } });
}

async function answered(response: Response): Promise<TransportResponse> {
  const headers = Object.fromEntries(response.headers.entries());
  return Promise.resolve({ statusCode: response.status, headers, body: response.body ?? undefined });
}

function token(text: string, seconds = 3600): Response {
  return Response.json({ access_token: text, expires_in: seconds, token_type: 'Bearer' });
}

function refused(description: string, error = 'invalid_grant'): Response {
  return Response.json({ error, error_description: description }, { status: 400 });
}

describe('the token of a service account', () => {
  it('[ST87] a statement signed here passes a service that checks signature, audience, time and scope', async () => {
    const { tokens, asked } = bench(() => 'real');
    const given = await tokens.current();
    expect(accounts.rightsOf(`Bearer ${given}`)).toBe('owner');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', hostname: 'tokens.test', path: '/token' });
  });

  it('[ST87] a hundred who wait share one request; the token is kept until five minutes before its end', async () => {
    const { tokens, clock, asked } = bench((index) => token(`t${String(index)}`));
    expect(new Set(await Promise.all(Array.from({ length: 100 }, () => tokens.current())))).toEqual(
      new Set(['t0']),
    );
    clock.jump(54 * 60_000);
    expect(await tokens.current()).toBe('t0');
    clock.jump(2 * 60_000);
    expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(['t1', 't1']);
    expect(asked).toHaveLength(2);
  });

  it('[ST87] one that lives shorter than that is kept for half its life', async () => {
    const { tokens, clock } = bench((index) => token(`t${String(index)}`, 60));
    await tokens.current();
    clock.jump(29_000);
    expect(await tokens.current()).toBe('t0');
    clock.jump(2_000);
    expect(await tokens.current()).toBe('t1');
  });

  it('[ST87] one that the server does not take is replaced once, however many were refused with it', async () => {
    const { tokens, asked } = bench((index) => token(`t${String(index)}`));
    await tokens.current();
    tokens.refused('t0');
    expect(await tokens.current()).toBe('t1');
    tokens.refused('t0');
    expect(await tokens.current()).toBe('t1');
    expect(asked).toHaveLength(2);
  });

  it('[ST87] who stops waiting stops nobody else; a failure is not kept', async () => {
    const { tokens } = bench((index) => (index === 0 ? new Error('cut') : token('good')));
    const aborter = new AbortController();
    const stopped = failure(tokens.current(aborter.signal));
    const waits = failure(tokens.current());
    aborter.abort();
    expect((await stopped).kind).toBe('aborted');
    expect((await waits).kind).toBe('unavailable');
    expect(await tokens.current()).toBe('good');
  });

  it('[ST87] a service that is silent is given up after 30 s, and asked again later', async () => {
    const { tokens, clock } = bench((index) => (index === 0 ? 'never' : token('good')));
    const waits = failure(tokens.current());
    // Signing is another thread's work.
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(30_000);
    expect((await waits).kind).toBe('unavailable');
    expect(await tokens.current()).toBe('good');
  });

  it('[ST88] a clock that is a day off is corrected by the server’s', async () => {
    for (const offMs of [-86_400_000, 86_400_000]) {
      const { tokens, clock, asked } = bench(() => 'real');
      clock.jump(offMs);
      expect(accounts.rightsOf(`Bearer ${await tokens.current()}`)).toBe('owner');
      expect(asked).toHaveLength(2);
      await tokens.current();
      expect(asked).toHaveLength(2);
    }
  });

  it('[ST88] a service that refuses the time for ever is asked twice, not for ever', async () => {
    const words =
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
    const headers = { date: new Date(0).toUTCString() };
    const body = JSON.stringify({ error: 'invalid_grant', error_description: words });
    const { tokens, asked } = bench(() => new Response(body, { status: 400, headers }));
    expect((await failure(tokens.current())).details.reason).toBe('clock-skew');
    expect(asked).toHaveLength(2);
  });

  const cases: readonly [string, () => Reply, string][] = [
    ['a deleted account', () => refused('Invalid grant: account not found'), 'denied: wrong-key'],
    [
      'a disabled account',
      () => refused('The OAuth client was disabled.', 'disabled_client'),
      'denied: wrong-key',
    ],
    ['a deleted key', () => refused('Invalid JWT Signature.'), 'denied: wrong-secret'],
    ['a revoked sign-on', () => refused('Token has been expired or revoked.'), 'denied: expired-key'],
    ['a sign-on page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'corrupt'],
    ['a token that no header carries', () => token('two\r\nlines'), 'corrupt'],
    ['a token that has ended', () => token('t', -5), 'corrupt'],
    ['an empty answer', () => new Response(''), 'corrupt'],
    ['an answer without end', () => new Response('x'.repeat(70_000)), 'corrupt'],
    ['a redirect', () => new Response('', { status: 302 }), 'unavailable'],
    ['a service that is down', () => new Response('oops', { status: 503 }), 'unavailable'],
    ['too many requests', () => new Response('', { status: 429 }), 'rate-limited'],
    ['another server', () => new Response('no route', { status: 404 }), 'unexpected'],
    ['no network', () => new Error('connect ECONNREFUSED'), 'unavailable'],
  ];

  it.each(cases)('[ST88] %s is told as what it is', async (_what, reply, expected) => {
    const { tokens } = bench(reply);
    const { kind, details } = await failure(tokens.current());
    expect(details.reason === undefined ? kind : `${kind}: ${details.reason}`).toBe(expected);
  });
});

describe('key files', () => {
  const key = JSON.parse(owner.keyFile) as Record<string, string>;
  const read = (text: string): StoreError => {
    try {
      readKeyFile(text);
    } catch (error) {
      if (error instanceof StoreError) return error;
    }
    throw new Error('was taken');
  };

  it('[ST88] what is no key says so, and repeats nothing of it', () => {
    const odd = [
      '',
      'not json, but my-secret',
      '[]',
      '{"my-secret":1}',
      JSON.stringify({ ...key, type: 'external_account' }),
      JSON.stringify({ ...key, private_key: undefined }),
      JSON.stringify({ ...key, client_email: 5 }),
      JSON.stringify({ ...key, token_uri: 'http://evil.example/token' }),
      JSON.stringify({ ...key, token_uri: 'file:///etc/passwd' }),
    ];
    for (const text of odd) {
      const { kind, details, message } = read(text);
      expect([kind, details.reason]).toEqual(['denied', 'no-key']);
      expect(details.detail).toMatch(/^The key\b.*[.]$/u);
      expect(message).not.toMatch(/my-secret|BEGIN|evil|passwd/u);
    }
  });

  it('[ST88] a damaged private key is told, and nothing of it', async () => {
    const pems = [
      '',
      'abc',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      key['private_key']?.slice(0, 300),
    ];
    for (const pem of pems) {
      if (pem === '') continue;
      const { tokens, asked } = bench(() => 'real', JSON.stringify({ ...key, private_key: pem }));
      const error = await failure(tokens.current());
      expect(error.details.reason).toBe('wrong-secret');
      expect(JSON.stringify([error.message, error.details, error.cause])).not.toMatch(/AAAA|MII/u);
      expect(asked).toEqual([]);
    }
  });

  it('a private key whose line ends were spelt out, and a file with a mark at its start, are taken', async () => {
    const spelt = { ...key, private_key: key['private_key']?.replaceAll('\n', '\\n') };
    const { tokens } = bench(() => 'real', `\uFEFF${JSON.stringify(spelt)}`);
    expect(accounts.rightsOf(`Bearer ${await tokens.current()}`)).toBe('owner');
  });

  it('a person’s own sign-on is exchanged for a token', async () => {
    const signOn = {
      type: 'authorized_user',
      client_id: 'id',
      client_secret: 's',
      refresh_token: 'r',
      token_uri: URI,
    };
    const { tokens, asked } = bench(() => token('theirs'), JSON.stringify(signOn));
    expect(await tokens.current()).toBe('theirs');
    expect(Object.fromEntries(new URLSearchParams(String(asked[0]?.body)))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'id',
      client_secret: 's',
      refresh_token: 'r',
    });
  });
});
