import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client asked, as it came. */
export interface AskedOfModel {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model?: string;
    readonly stream?: boolean;
    readonly messages?: readonly { content: string }[];
  };
}

type Script = (response: ServerResponse, asked: AskedOfModel) => void;

/** A real HTTP server on loopback that speaks OpenAI's chat completions, and says what a test tells it to. */
export class ScriptedModel {
  readonly asked: AskedOfModel[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  /** Of the next requests; the last one stays. */
  script: readonly Script[] = [says('')];
  /** Which pages of the browser it lets in; off: none, as a server that knows nothing of browsers. */
  cors = true;
  /** Connections that were ended by the client in the midst of an answer. */
  hungUp = 0;

  static async start(): Promise<ScriptedModel> {
    const model = new ScriptedModel();
    await new Promise<void>((resolve) => model.#server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.cors && request.headers.origin !== undefined) {
      response.setHeader('access-control-allow-origin', request.headers.origin);
      response.setHeader('access-control-allow-headers', 'authorization, content-type');
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const asked = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(text) as AskedOfModel['body'],
    };
    this.asked.push(asked);
    response.on('close', () => {
      if (!response.writableFinished) this.hungUp += 1;
    });
    const [script = says('')] = this.script;
    if (this.script.length > 1) this.script = this.script.slice(1);
    script(response, asked);
  }
}

type Part = Readonly<Record<string, unknown>>;

const event = (data: unknown): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const delta = (content: string): Part => ({
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
});
const finish = (reason: string): Part => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });

/** An answer as servers give it: as a stream, some characters a piece, where a stream was asked for. */
export function says(
  text: string | ((asked: AskedOfModel) => string),
  { reason = 'stop', piece = 7 }: { readonly reason?: string; readonly piece?: number } = {},
): Script {
  return (response, asked) => {
    const answer = typeof text === 'string' ? text : text(asked);
    if (asked.body.stream !== true) {
      json(200, { choices: [{ message: { role: 'assistant', content: answer }, finish_reason: reason }] })(
        response,
        asked,
      );
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(': a comment\n\n');
    response.write(
      event({ choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }] }),
    );
    for (let at = 0; at < answer.length; at += piece)
      response.write(event(delta(answer.slice(at, at + piece))));
    response.write(event(finish(reason)));
    response.end(event('[DONE]'));
  };
}

/** Begins an answer and then says no more, nor ends it. */
export function stallsAfter(text: string): Script {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event(delta(text)));
  };
}

/** Never answers. */
export const isSilent: Script = () => undefined;

/** These events, and the end of the connection. */
export function streams(...events: readonly unknown[]): Script {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of events) response.write(event(one));
    response.end();
  };
}

/** The line breaks in the midst of an answer. */
export function breaksAfter(text: string): Script {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event(delta(text)), () => setTimeout(() => response.destroy(), 20));
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Script {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function html(status: number): Script {
  return (response) => {
    response
      .writeHead(status, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Hello</title><p>A page');
  };
}

export function redirectsTo(url: string): Script {
  return (response) => {
    response.writeHead(307, { location: url }).end();
  };
}

export { delta, finish };
