/** The WebSocket server that playwright-core brings along; it has no types of its own. */
declare module 'playwright-core/lib/utilsBundle' {
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  export interface ServerSocket {
    on(event: 'message', listener: (message: Buffer) => void): void;
    on(event: 'close', listener: () => void): void;
    send(message: string | Uint8Array): void;
    terminate(): void;
  }

  export const wsServer: new (options: { readonly noServer: true; readonly maxPayload: number }) => {
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      accepted: (page: ServerSocket) => void,
    ): void;
  };
}
