import { framed, unframed } from './frame.ts';
import { native } from './native.ts';

export interface BridgeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}

export interface BridgeAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Set when no answer came. */
  readonly error?: string;
}

/** In a frame, with the body behind it. */
export interface NumberedRequest extends BridgeRequest {
  readonly id: number;
}

export interface NumberedAnswer extends BridgeAnswer {
  readonly id: number;
}

interface Waiting {
  readonly resolve: (answer: [BridgeAnswer, ArrayBuffer]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Requests that the Node process makes for the page, over one socket: the browser's own requests would
 * take several times as long as the app's way out of its window. Answers come in any order.
 */
export class RequestSocket {
  readonly #socket: Promise<WebSocket>;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(url: string) {
    const socket = new native.WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      const { value, bytes } = unframed(new Uint8Array(data));
      const { id, ...answer } = value as NumberedAnswer;
      this.#waiting.get(id)?.resolve([answer, bytes.slice().buffer]);
      this.#waiting.delete(id);
    });
    this.#socket = new Promise((resolve, reject) => {
      socket.addEventListener('open', () => {
        resolve(socket);
      });
      socket.addEventListener('close', () => {
        const gone = new Error('the host has gone');
        reject(gone);
        for (const waiting of this.#waiting.values()) waiting.reject(gone);
        this.#waiting.clear();
      });
    });
    this.#socket.catch(() => undefined);
  }

  async ask(request: BridgeRequest, body: Uint8Array): Promise<[BridgeAnswer, ArrayBuffer]> {
    const id = (this.#last += 1);
    const message = framed({ id, ...request } satisfies NumberedRequest, [body]);
    const socket = await this.#socket;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      socket.send(message);
    });
  }
}
