/**
 * An S3 server that keeps objects in memory, to measure against.
 *
 *     s3mem.mts --port 9000
 *
 * Path-style addresses on loopback. Does: list (both versions), get with range and conditions, head,
 * put with conditions and metadata, copy, delete one or many, multipart. Signatures are not checked;
 * what is right is shown on real servers, not here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { numberOption } from './arguments.mts';
import { S3Buckets, type S3Answer, type S3Request } from './s3-buckets.mts';

const port = numberOption(process.argv.slice(2), 'port', 9000);
const KEEP_ALIVE_MS = 120_000;
const buckets = new S3Buckets();

async function bodyOf(asked: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return String(asked.headers['x-amz-content-sha256']).startsWith('STREAMING-') ? unchunked(body) : body;
}

/** The payload of an `aws-chunked` body: size in hexadecimal and extensions, CRLF, data, CRLF, to a chunk of 0. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? 0 : Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

async function requestOf(asked: IncomingMessage): Promise<S3Request> {
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://localhost');
  const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
  const { method = 'GET', headers } = asked;
  return { method, bucket, key: key.join('/'), query: searchParams, headers, body: await bodyOf(asked) };
}

function send(to: ServerResponse, { status, headers, body }: S3Answer, isHead: boolean): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const type = typeof body === 'string' ? { 'content-type': 'application/xml' } : {};
  to.writeHead(status, { ...type, 'content-length': bytes?.length ?? 0, ...headers });
  to.end(isHead ? undefined : bytes);
}

const server = createServer(
  { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, noDelay: true },
  (asked, to) => {
    requestOf(asked)
      .then((request) => {
        send(to, buckets.answer(request), asked.method === 'HEAD');
      })
      .catch((error: unknown) => {
        console.error(error);
        to.destroy();
      });
  },
);
server.listen(port, '127.0.0.1');
