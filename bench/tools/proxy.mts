/**
 * Stands before an S3 server, counts what passes, and holds each request for a round trip's time.
 *
 *     proxy.mts --listen 9100 --target 9000 --rtt 50 --control 9199
 *
 * The control port answers in JSON: `/stats`, `/reset` (counts from nought), `/rtt?ms=50`. Loopback
 * only. The Host header passes as it came, so signatures hold. Connection set-up and bandwidth are
 * not modelled. Bytes are those of bodies.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { numberOption } from './arguments.mts';

const args = process.argv.slice(2);
const listenPort = numberOption(args, 'listen', 9100);
const targetPort = numberOption(args, 'target', 9000);
const controlPort = numberOption(args, 'control', listenPort + 99);
let rttMs = numberOption(args, 'rtt', 0);

const KEEP_ALIVE_MS = 120_000;
const agent = new Agent({ keepAlive: true, maxSockets: 256, noDelay: true });
const nothing = () => ({ requests: 0, byKind: {}, byStatus: {}, bytesUp: 0, bytesDown: 0, maxInFlight: 0 });

interface Counts {
  requests: number;
  byKind: Record<string, number>;
  byStatus: Record<string, number>;
  bytesUp: number;
  bytesDown: number;
  maxInFlight: number;
}
let counts: Counts = nothing();
let inFlight = 0;

const count = (table: Record<string, number>, key: string): void => {
  table[key] = (table[key] ?? 0) + 1;
};

/** The operation, as far as method, path and query tell; path-style addresses. */
function kindOf({ method = '', url = '/', headers }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const isBucket = pathname.split('/').filter(Boolean).length < 2;
  if (method === 'POST') return searchParams.has('delete') ? 'MULTIDELETE' : 'POST';
  if (isBucket) return method === 'GET' ? 'LIST' : `${method}BUCKET`;
  if (method === 'PUT' && searchParams.has('partNumber')) return 'PUTPART';
  return method === 'PUT' && headers['x-amz-copy-source'] !== undefined ? 'COPY' : method;
}

function forward(from: IncomingMessage, to: ServerResponse): void {
  const { method, url: path, headers } = from;
  const onward = request({ host: '127.0.0.1', port: targetPort, method, path, headers, agent }, (answer) => {
    const status = answer.statusCode ?? 502;
    count(counts.byStatus, String(status));
    to.writeHead(status, answer.rawHeaders);
    answer.on('data', (chunk: Buffer) => {
      counts.bytesDown += chunk.length;
    });
    answer.pipe(to);
  });
  onward.on('error', () => {
    count(counts.byStatus, 'unreachable');
    if (!to.headersSent) to.writeHead(502);
    to.end();
  });
  // A client that goes away takes its request with it.
  to.on('close', () => {
    if (!to.writableFinished) onward.destroy();
  });
  from.on('data', (chunk: Buffer) => {
    counts.bytesUp += chunk.length;
  });
  from.pipe(onward);
}

function pass(from: IncomingMessage, to: ServerResponse): void {
  counts.requests += 1;
  count(counts.byKind, kindOf(from));
  inFlight += 1;
  counts.maxInFlight = Math.max(counts.maxInFlight, inFlight);
  to.on('close', () => {
    inFlight -= 1;
  });
  if (rttMs > 0) setTimeout(forward, rttMs, from, to);
  else forward(from, to);
}

const proxy = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, noDelay: true }, pass);
proxy.on('checkContinue', (from: IncomingMessage, to: ServerResponse) => {
  // S3 asks for the body at once too; the round trip is paid in `pass`.
  to.writeContinue();
  pass(from, to);
});
proxy.listen(listenPort, '127.0.0.1');

createServer((asked, answer) => {
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://localhost');
  if (pathname === '/reset') counts = nothing();
  if (pathname === '/rtt') rttMs = Number(searchParams.get('ms'));
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ rtt: rttMs, inFlight, ...counts }));
}).listen(controlPort, '127.0.0.1');
