import { createServer, type ServerResponse } from 'node:http';
import type { TestProject } from 'vitest/node';
import type { RunningServer } from './server.mts';
import { SERVERS, type ServerName } from './table.mts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for servers; see `shared.mts`. */
    readonly testServers: string;
  }
}

/**
 * Starts each server once a run, when the first test file asks for it, and stops all at its end:
 *
 *   test file ── GET /ceph ──► this process ── starts it once ──► ceph
 *             ◄── address ───
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const startedByName = new Map<string, Promise<RunningServer>>();
  const desk = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    if (!isServerName(name)) {
      answer(response, 404, { message: `no server is called "${name}"` });
      return;
    }
    const started = startedByName.get(name) ?? SERVERS[name].startServer();
    startedByName.set(name, started);
    started.then(
      ({ endpoint, region, accessKeyId, secretAccessKey, stranger }) => {
        answer(response, 200, { endpoint, region, accessKeyId, secretAccessKey, stranger });
      },
      (error: unknown) => {
        answer(response, 500, { message: error instanceof Error ? error.message : String(error) });
      },
    );
  });
  // Starting may take longer than a quiet connection is kept.
  desk.requestTimeout = 0;
  const port = await new Promise<number>((resolve) => {
    desk.listen(0, '127.0.0.1', () => {
      const address = desk.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  project.provide('testServers', `http://127.0.0.1:${String(port)}`);
  return async () => {
    const started = await Promise.allSettled(startedByName.values());
    await Promise.all(
      started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.stop()] : [])),
    );
    desk.closeAllConnections();
    desk.close();
  };
}

function isServerName(name: string): name is ServerName {
  return Object.hasOwn(SERVERS, name);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
