import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { wsServer, type ServerSocket } from 'playwright-core/lib/utilsBundle';
import { framed, unframed } from '../app/net/frame.ts';
import type {
  BridgeAnswer,
  BridgeRequest,
  NumberedAnswer,
  NumberedRequest,
} from '../app/net/request-socket.ts';
import { readBody } from './http.mts';

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/** Makes the requests that the page asked for through `requestUrl`, and gives back all of each answer. */
export class RequestBridge {
  readonly #upgrades = new wsServer({ noServer: true, maxPayload: 1024 ** 3 });
  readonly #pages = new Set<ServerSocket>();
  readonly #delayMs: () => number;

  constructor(delayMs: () => number) {
    this.#delayMs = delayMs;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgrades.handleUpgrade(request, socket, head, (page) => {
      this.#pages.add(page);
      page.on('close', () => this.#pages.delete(page));
      page.on('message', (message) => void this.#answer(page, message));
    });
  }

  close(): void {
    for (const page of this.#pages) page.terminate();
  }

  async #answer(page: ServerSocket, message: Buffer): Promise<void> {
    const { value, bytes } = unframed(message);
    const { id, ...asked } = value as NumberedRequest;
    const delayMs = this.#delayMs();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const [answer, contents] = await send(asked, bytes).catch((error: unknown): [BridgeAnswer, Buffer] => [
      { status: 0, headers: {}, error: chromiumError(error) },
      Buffer.alloc(0),
    ]);
    // The page may have gone meanwhile.
    if (this.#pages.has(page)) page.send(framed({ id, ...answer } satisfies NumberedAnswer, [contents]));
  }
}

function send(asked: BridgeRequest, body: Uint8Array): Promise<[BridgeAnswer, Buffer]> {
  return new Promise((resolve, reject) => {
    const isPlain = asked.url.startsWith('http:');
    const request = (isPlain ? httpRequest : httpsRequest)(asked.url, {
      method: asked.method,
      headers: { ...asked.headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
      agent: isPlain ? agents.http : agents.https,
    });
    request.on('error', reject);
    request.on('response', (answer) => {
      readBody(answer).then((contents) => {
        resolve([{ status: answer.statusCode ?? 0, headers: headersOf(answer) }, contents]);
      }, reject);
    });
    request.end(body);
  });
}

function headersOf(answer: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
}

function chromiumError(error: unknown): string {
  switch ((error as { code?: unknown }).code) {
    case 'ECONNREFUSED':
      return 'net::ERR_CONNECTION_REFUSED';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'net::ERR_NAME_NOT_RESOLVED';
    case 'ECONNRESET':
      return 'net::ERR_CONNECTION_RESET';
    case 'ERR_INVALID_URL':
      return 'net::ERR_INVALID_URL';
    default:
      return `net::ERR_FAILED ${String(error)}`;
  }
}
