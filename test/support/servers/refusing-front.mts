import { request as ask, createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** What is answered in the server's place. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asked for each request; what it does first may take its time. */
export type Refuse = (request: IncomingMessage) => Refusal | undefined | Promise<Refusal | undefined>;

export interface RefusingFront {
  /** Absent: everything passes. */
  refuse: Refuse | undefined;
  readonly origin: string;
  stop(): Promise<void>;
}

/** Stands before a real server and passes everything on but what it is told to refuse; with TLS where it is given a certificate. */
export async function startRefusingFront(
  target: string,
  tls?: { readonly key: string; readonly cert: string },
): Promise<RefusingFront> {
  const { hostname, port } = new URL(target);
  const front: { refuse: Refuse | undefined } = { refuse: undefined };
  const pass: RequestListener = (from, to) => {
    const answer = async (): Promise<void> => {
      const refusal = await front.refuse?.(from);
      if (refusal !== undefined) {
        from.resume();
        await new Promise((resolve) => from.once('close', resolve).once('end', resolve));
        to.writeHead(refusal.status, refusal.headers).end(from.method === 'HEAD' ? undefined : refusal.body);
        return;
      }
      const { method, url: path, headers } = from;
      const onward = ask({ hostname, port, method, path, headers }, (received) => {
        to.writeHead(received.statusCode ?? 502, received.headers);
        received.pipe(to);
      });
      onward.once('error', () => to.destroy());
      from.pipe(onward);
    };
    answer().catch(() => to.destroy());
  };
  const server = tls === undefined ? createServer(pass) : createTlsServer(tls, pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return Object.assign(front, {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(address.port)}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
