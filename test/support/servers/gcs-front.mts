import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { GcsAccounts } from './gcs-accounts.mts';
import { GcsSessions, type StoreWhole } from './gcs-sessions.mts';

/** What a test has the service answer in place of its own answer. */
export interface Trouble {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Closes the connection after so many bytes of the request's body; nothing is answered. */
  readonly cutAfterBytes?: number;
}

export interface FrontOptions {
  readonly port: number;
  readonly emulatorPort: number;
  readonly tokenSeconds?: number;
  /** Of a front that stood there before. */
  readonly accounts?: GcsAccounts;
  /** Asked for each request of the service. */
  readonly trouble?: (request: IncomingMessage) => Trouble | undefined;
}

export interface GcsFront {
  readonly endpoint: string;
  readonly accounts: GcsAccounts;
  readonly sessions: GcsSessions;
  close(): Promise<void>;
}

/**
 * What stands before fake-gcs-server and gives what it lacks or has otherwise than Google documents: tokens and
 * rights, resumable uploads, `ifGenerationNotMatch`, and copies whose description stands in place of the
 * source's. All else, generation conditions above all, is the emulator's own. See docs/clouds-gcs.md.
 */
export async function startFront(options: FrontOptions): Promise<GcsFront> {
  const endpoint = `http://127.0.0.1:${String(options.port)}`;
  const accounts = options.accounts ?? new GcsAccounts(`${endpoint}/token`, options.tokenSeconds);
  const emulator = new Emulator(options.emulatorPort, `127.0.0.1:${String(options.port)}`);
  const sessions = new GcsSessions(emulator.store);
  const server = createServer((request, response) => {
    const front = { endpoint, accounts, sessions, emulator };
    serve(request, response, { front, trouble: options.trouble?.(request) }).catch(() => {
      response.destroy();
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint, accounts, sessions, close };
}

interface Front {
  readonly endpoint: string;
  readonly accounts: GcsAccounts;
  readonly sessions: GcsSessions;
  readonly emulator: Emulator;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { front, trouble }: { readonly front: Front; readonly trouble: Trouble | undefined },
): Promise<void> {
  const { endpoint, accounts, sessions, emulator } = front;
  const url = new URL(request.url ?? '/', endpoint);
  if (trouble?.cutAfterBytes !== undefined) cut(request, trouble.cutAfterBytes);
  else if (trouble !== undefined) {
    request.resume();
    refuse(response, trouble);
    return;
  }
  if (url.pathname === '/token') {
    const { status, body } = accounts.answer(new URLSearchParams((await bodyOf(request)).toString()));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return;
  }
  const session = url.searchParams.get('upload_id');
  if (session !== null) {
    await sessions.answer(session, request, response);
    return;
  }
  const rights = accounts.rightsOf(request.headers.authorization);
  if (rights !== 'owner') {
    request.resume();
    refuse(response, rights === 'none' ? FORBIDDEN : UNKNOWN);
    return;
  }
  const bucket = /^\/(?:resumable\/)?upload\/storage\/v1\/b\/(?<bucket>[^/]+)\/o$/u.exec(url.pathname)
    ?.groups?.['bucket'];
  if (bucket !== undefined && url.searchParams.get('uploadType') === 'resumable') {
    await begin(request, response, { front, bucket, query: url.searchParams });
    return;
  }
  const isCopy = url.pathname.includes('/rewriteTo/b/');
  if (isCopy) await emulator.copy(request, response);
  else if (url.searchParams.has('ifGenerationNotMatch')) await emulator.look(request, response, url);
  else await emulator.pass(request, response);
}

const UNKNOWN: Trouble = { status: 401, reason: 'authError', message: 'Invalid Credentials' };
const FORBIDDEN: Trouble = {
  status: 403,
  reason: 'forbidden',
  message: 'The account does not have storage.objects access to the Google Cloud Storage object.',
};

function refuse(response: ServerResponse, { status, reason, message = '', headers }: Trouble): void {
  const errors = [{ message, domain: 'global', reason }];
  response
    .writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
    .end(JSON.stringify({ error: { code: status, message, errors } }));
}

function cut(request: IncomingMessage, bytes: number): void {
  let seen = 0;
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen >= bytes) request.socket.destroy();
  });
}

async function begin(
  request: IncomingMessage,
  response: ServerResponse,
  {
    front,
    bucket,
    query,
  }: { readonly front: Front; readonly bucket: string; readonly query: URLSearchParams },
): Promise<void> {
  const description = (await bodyOf(request)).toString();
  const known = await front.emulator.send('GET', `/storage/v1/b/${bucket}`);
  if (known.status !== 200) {
    refuse(response, { status: 404, reason: 'notFound', message: 'The specified bucket does not exist.' });
    return;
  }
  const id = front.sessions.begin(bucket, query, description);
  // Under the name by which it was asked, which may be a proxy's.
  const origin = `http://${request.headers.host ?? new URL(front.endpoint).host}`;
  const location = `${origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
  response.writeHead(200, { location, 'content-type': 'application/json' }).end('{}');
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

class Emulator {
  readonly #port: number;
  readonly #host: string;

  constructor(port: number, host: string) {
    this.#port = port;
    this.#host = host;
  }

  /** As it is, both ways. */
  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    await new Promise<void>((resolve, reject) => {
      const onward = ask(
        { host: '127.0.0.1', port: this.#port, method, path: url, headers: { ...headers, host: this.#host } },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response).once('close', resolve);
        },
      );
      onward.once('error', reject);
      request.once('aborted', () => onward.destroy());
      request.pipe(onward);
    });
  }

  /** The emulator takes no notice of this condition. */
  async look(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { status, text } = await this.send('GET', request.url ?? '/');
    const { generation } = JSON.parse(text) as { generation?: string };
    if (status === 200 && generation === url.searchParams.get('ifGenerationNotMatch')) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  /** The emulator keeps the source's metadata where the description has none, in place of having none. */
  async copy(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const copied = await this.send('POST', request.url ?? '/', body.toString());
    const { metadata } = (body.length === 0 ? {} : JSON.parse(body.toString())) as { metadata?: object };
    const to = /\/rewriteTo(?<to>\/b\/[^?]+)/u.exec(request.url ?? '')?.groups?.['to'] ?? '';
    if (copied.status === 200 && body.length > 0 && Object.keys(metadata ?? {}).length === 0) {
      await this.send('PUT', `/storage/v1${to}`, JSON.stringify({ metadata: {} }));
    }
    response.writeHead(copied.status, { 'content-type': 'application/json' }).end(copied.text);
  }

  readonly store: StoreWhole = async ({ bucket, query, description }, body) => {
    const onward = new URLSearchParams(query);
    onward.set('uploadType', 'multipart');
    const { contentType = 'application/octet-stream' } = JSON.parse(description || '{}') as {
      contentType?: string;
    };
    const head = `--between\r\ncontent-type: application/json\r\n\r\n${description || '{}'}\r\n--between\r\ncontent-type: ${contentType}\r\n\r\n`;
    const whole = Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--between--\r\n')]);
    return this.send('POST', `/upload/storage/v1/b/${bucket}/o?${onward.toString()}`, whole, {
      'content-type': 'multipart/related; boundary=between',
    });
  };

  async send(
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  ): Promise<Answered> {
    const answer = await fetch(`http://127.0.0.1:${String(this.#port)}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
