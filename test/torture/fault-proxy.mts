import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../support/seeded-random.ts';

/*
 *   command ──► fault proxy ──► S3 server, Azurite, or what stands for Google
 *
 * Each request meets at most one fault. The Host header passes as it came, so that signatures hold.
 */

export const FAULTS = [
  'reset-before',
  'reset-after',
  'half-up',
  'half-down',
  'stall',
  'slow-reader',
  'slow-answer',
  'busy',
  'busy-retry-after',
  'duplicate',
  'skewed-date',
  'length-too-long',
  'length-too-short',
  'html',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Weather {
  readonly faults: readonly Fault[];
  /** Of a request to meet one. */
  readonly chance: number;
  /** No fault after so many: the retries then get through. */
  readonly most: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const DAY_MS = 86_400_000;
const BURST = 6;
const CALM: Weather = { faults: [], chance: 0, most: 0 };
const PAGE =
  '<!DOCTYPE html><html><body><h1>Welcome to the hotel</h1>Log in to use the network.</body></html>';
const BUSY =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

/** Stands before a server, and does to requests what bad networks do. Loopback only. */
export class FaultProxy {
  readonly hits = new Map<Fault, number>();
  readonly #server: Server;
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #random: SeededRandom;
  #weather = CALM;
  #left = 0;
  #isCut = false;
  #burst: { fault: Fault; left: number } | undefined;

  private constructor(target: string, random: SeededRandom) {
    this.#target = new URL(target);
    this.#random = random;
    this.#server = createServer({ keepAliveTimeout: 5_000, requestTimeout: 0 }, (from, to) => {
      this.#pass(from, to).catch(() => from.socket.destroy());
    });
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  static async start(target: string, random: SeededRandom): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, random);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return `http://127.0.0.1:${String(address.port)}`;
  }

  storm(weather: Weather, random: SeededRandom): void {
    this.#weather = weather;
    this.#left = weather.most;
    this.#random = random;
  }

  calm(): void {
    this.#weather = CALM;
    this.#burst = undefined;
  }

  /** The server is gone: what is under way is reset, and so is what comes, until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.#server.closeAllConnections();
  }

  mend(): void {
    this.#isCut = false;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#agent.destroy();
  }

  /** Requests come in the order that the network gives them, and each takes the next number. */
  #next(): Fault | undefined {
    if (this.#burst !== undefined) {
      const { fault, left } = this.#burst;
      this.#burst = left > 1 ? { fault, left: left - 1 } : undefined;
      return fault;
    }
    const { faults, chance } = this.#weather;
    if (this.#left === 0 || faults.length === 0 || !this.#random.chance(chance)) return undefined;
    this.#left -= 1;
    const fault = this.#random.pick(faults);
    if (fault.startsWith('busy')) this.#burst = { fault, left: 1 + this.#random.below(BURST) };
    return fault;
  }

  async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    to.on('error', () => undefined);
    from.on('error', () => undefined);
    if (this.#isCut) {
      from.socket.resetAndDestroy();
      return;
    }
    const fault = this.#next();
    if (fault === undefined) {
      give(to, await this.#forward(from, await bodyOf(from)));
      return;
    }
    this.hits.set(fault, (this.hits.get(fault) ?? 0) + 1);
    await this.#harm(fault, from, to);
  }

  async #harm(fault: Fault, from: IncomingMessage, to: ServerResponse): Promise<void> {
    switch (fault) {
      case 'reset-before':
        from.socket.resetAndDestroy();
        return;
      case 'stall':
        // Taken and never answered: whoever asked has to give up.
        from.resume();
        return;
      case 'busy':
      case 'busy-retry-after':
        await bodyOf(from);
        to.writeHead(503, {
          'content-type': 'application/xml',
          ...(fault === 'busy' ? {} : { 'retry-after': '1' }),
        }).end(BUSY);
        return;
      case 'html':
        await bodyOf(from);
        to.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(PAGE) }).end(
          PAGE,
        );
        return;
      case 'half-up':
        await this.#halfUp(from);
        return;
      case 'slow-reader':
        give(to, await this.#forward(from, await slowBodyOf(from)));
        return;
      default:
        await this.#harmAnswer(fault, from, to);
    }
  }

  async #harmAnswer(fault: Fault, from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await bodyOf(from);
    const first = await this.#forward(from, body);
    // Both answers of a doubled write are seen in the wild.
    const again = fault === 'duplicate' && from.method === 'PUT';
    const second = again ? await this.#forward(from, body) : first;
    const answer = this.#random.chance(0.5) ? first : second;
    switch (fault) {
      case 'reset-after':
        from.socket.resetAndDestroy();
        return;
      case 'half-down':
        to.writeHead(answer.status, answer.headers);
        to.write(answer.body.subarray(0, answer.body.length / 2), () => from.socket.destroy());
        return;
      case 'slow-answer':
        await giveSlowly(to, answer);
        return;
      case 'skewed-date':
        give(to, { ...answer, headers: { ...answer.headers, date: this.#otherDay() } });
        return;
      case 'length-too-long':
        to.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length + 10) });
        to.write(answer.body, () => from.socket.end());
        return;
      case 'length-too-short': {
        const cut = answer.body.subarray(0, Math.max(0, answer.body.length - 10));
        give(to, {
          ...answer,
          body: cut,
          headers: { ...answer.headers, 'content-length': String(cut.length) },
        });
        return;
      }
      default:
        give(to, answer);
    }
  }

  #otherDay(): string {
    const offMs = (this.#random.chance(0.5) ? -1 : 1) * DAY_MS * (1 + this.#random.below(400));
    return new Date(Date.now() + offMs).toUTCString();
  }

  async #halfUp(from: IncomingMessage): Promise<void> {
    const body = await bodyOf(from);
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = from;
    const onward = request({ hostname, port, method, path, headers });
    onward.on('error', () => undefined);
    onward.write(body.subarray(0, body.length / 2));
    await delay(20);
    onward.destroy();
    from.socket.resetAndDestroy();
  }

  #forward(from: IncomingMessage, body: Buffer): Promise<Answer> {
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = from;
    return new Promise((resolve, reject) => {
      const onward = request({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
        bodyOf(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      onward.on('error', reject);
      onward.end(body);
    });
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** With pauses, so that whoever sends has to wait for room. */
async function slowBodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) {
    pieces.push(piece as Buffer);
    await delay(Math.max(0, 30 - pieces.length));
  }
  return Buffer.concat(pieces);
}

function give(to: ServerResponse, { status, headers, body }: Answer): void {
  to.writeHead(status, headers).end(body);
}

async function giveSlowly(to: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  to.writeHead(status, headers);
  const step = Math.max(1, Math.ceil(body.length / 10));
  for (let at = 0; at < body.length; at += step) {
    await delay(30);
    to.write(body.subarray(at, at + step));
  }
  to.end();
}
