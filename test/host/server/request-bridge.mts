import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { BridgeAnswer, BridgeRequest } from '../app/net/request-url.ts';
import { readBody } from './http.mts';

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/** Makes the request that the page asked for through `requestUrl`, and gives back all of the answer. */
export async function bridge(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly delayMs: number },
): Promise<void> {
  const framed = await readBody(request);
  const jsonLength = framed.readUInt32LE(0);
  const asked = JSON.parse(framed.subarray(4, 4 + jsonLength).toString()) as BridgeRequest;
  const body = framed.subarray(4 + jsonLength);
  if (options.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
  const [answer, contents] = await send(asked, body).catch((error: unknown): [BridgeAnswer, Buffer] => [
    { status: 0, headers: {}, error: chromiumError(error) },
    Buffer.alloc(0),
  ]);
  response.writeHead(200, {
    'x-host-answer': encodeURIComponent(JSON.stringify(answer)),
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'x-host-answer',
  });
  response.end(contents);
}

function send(asked: BridgeRequest, body: Buffer): Promise<[BridgeAnswer, Buffer]> {
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
