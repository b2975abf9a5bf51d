import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostConfig } from '../app/config.ts';
import { MemoryDisk, type MemoryDiskOptions } from '../app/vault/memory-disk.ts';
import { DiskService } from './disk-service.mts';
import { listen, type LoopbackServer } from './http.mts';
import { PAGE, pageFiles } from './page-bundle.mts';
import { RequestBridge } from './request-bridge.mts';

export interface PluginFiles {
  readonly id: string;
  readonly main: string;
  readonly manifest: string;
  readonly styles?: string | undefined;
}

export interface DeviceOptions {
  readonly name: string;
  readonly config?: Partial<HostConfig>;
  readonly disk?: Partial<MemoryDiskOptions>;
  readonly plugins: readonly PluginFiles[];
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly port?: number;
}

const DEFAULT_BODY_LIMIT = 8 * 1024 * 1024;

/** A device: its disk, which outlives its page, and the address at which its page is served; another origin each. */
export class HostDevice {
  readonly disk: MemoryDisk;
  config: HostConfig;
  /** Added to each request that is made through `requestUrl`. */
  requestDelayMs = 0;
  readonly #service: DiskService;
  readonly #bridge = new RequestBridge(() => this.requestDelayMs);
  #server: LoopbackServer | undefined;

  private constructor(options: DeviceOptions) {
    this.disk = new MemoryDisk({ now: () => Date.now(), ...options.disk });
    this.#service = new DiskService(this.disk);
    this.config = {
      deviceId: randomUUID(),
      deviceName: options.name,
      kind: 'desktop',
      vaultName: 'Notes',
      appId: randomUUID().slice(0, 16),
      configDir: '.obsidian',
      traps: {},
      theme: 'light',
      enabledPlugins: options.plugins.map(({ id }) => id),
      openFiles: [],
      bodyLimitBytes: DEFAULT_BODY_LIMIT,
      secrets: {},
      settingsInOwnWindow: false,
      ...options.config,
    };
  }

  static async start(options: DeviceOptions): Promise<HostDevice> {
    const device = new HostDevice(options);
    for (const plugin of options.plugins) await device.installPlugin(plugin);
    for (const [path, contents] of Object.entries(options.files ?? {})) await device.write(path, contents);
    device.#server = await listen((request, response) => device.#answer(request, response), {
      port: options.port,
      upgrade: (request, socket, head) => {
        const service = request.url === '/host/requests' ? device.#bridge : device.#service;
        service.accept(request, socket, head);
      },
    });
    return device;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async installPlugin(plugin: PluginFiles): Promise<void> {
    const folder = `${this.config.configDir}/plugins/${plugin.id}`;
    await this.write(`${folder}/main.js`, plugin.main);
    await this.write(`${folder}/manifest.json`, plugin.manifest);
    if (plugin.styles !== undefined) await this.write(`${folder}/styles.css`, plugin.styles);
  }

  /** As another program does it, with the folders above. */
  async write(path: string, contents: string | Uint8Array, mtimeMs?: number): Promise<void> {
    const folder = path.split('/').slice(0, -1).join('/');
    if (folder !== '') await this.disk.mkdir(folder);
    const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
    await this.disk.write(path, bytes, { mtimeMs });
  }

  async close(): Promise<void> {
    this.#service.close();
    this.#bridge.close();
    await this.#server?.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    switch (pathname) {
      case '/':
        return send(response, 'text/html', PAGE);
      case '/host.js':
        return send(response, 'text/javascript', (await pageFiles()).script);
      case '/host.css':
        return send(response, 'text/css', (await pageFiles()).styles);
      case '/host/config':
        return send(response, 'application/json', JSON.stringify(this.config));
      default:
        if (pathname.startsWith('/host/resource/'))
          return this.#sendResource(
            request,
            response,
            decodeURIComponent(pathname.slice('/host/resource/'.length)),
          );
        response.writeHead(404).end();
    }
  }

  /** A file of the vault as the page loads pictures, ranges too. */
  async #sendResource(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const stat = await this.disk.stat(path);
    if (stat?.type !== 'file') {
      response.writeHead(404).end();
      return;
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '') ?? [];
    const offset = Number(from ?? 0);
    const end = Math.min(to === undefined || to === '' ? Infinity : Number(to) + 1, stat.sizeBytes);
    const bytes = await this.disk.read(path, { offset, length: end - offset });
    response.writeHead(from === undefined ? 200 : 206, {
      'content-type': mediaTypeOf(path),
      'content-length': bytes.length,
      ...(from === undefined
        ? {}
        : { 'content-range': `bytes ${String(offset)}-${String(end - 1)}/${String(stat.sizeBytes)}` }),
    });
    response.end(bytes);
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response
    .writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' })
    .end(body);
}

function mediaTypeOf(path: string): string {
  const types: Readonly<Record<string, string>> = {
    png: 'image/png',
    jpg: 'image/jpeg',
    svg: 'image/svg+xml',
    gif: 'image/gif',
  };
  return types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
