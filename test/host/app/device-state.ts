import { native } from './net/native.ts';

interface Frozen {
  readonly run: () => void;
}

/**
 * Whether the device has a network, and whether the page is awake. On a phone a hidden page stops: its
 * timers wait, what is on the network fails, sockets die without a word, and the connections to IndexedDB
 * are lost (obsidian.md §2.5: remotely-save#12, idb-keyval#165, #175).
 */
export class DeviceState {
  readonly #mobile: boolean;
  readonly #interrupts = new Set<(reason: 'offline' | 'hidden') => void>();
  readonly #databases = new Set<IDBDatabase>();
  readonly #sockets = new Set<WebSocket>();
  readonly #answers = new FinalizationRegistry<(reason: 'offline' | 'hidden') => void>((interrupt) => {
    this.#interrupts.delete(interrupt);
  });
  #frozen: Frozen[] = [];
  #online = true;
  #hidden = false;

  constructor(options: { readonly mobile: boolean }) {
    this.#mobile = options.mobile;
  }

  get online(): boolean {
    return this.#online;
  }

  get hidden(): boolean {
    return this.#hidden;
  }

  /** Takes the place of what the page has. Called once, before any plugin runs. */
  install(win: Window & typeof globalThis): void {
    win.fetch = (input, init) => this.#fetch(input, init);
    Object.defineProperty(win.navigator, 'onLine', { configurable: true, get: () => this.#online });
    Object.defineProperty(win.document, 'visibilityState', {
      configurable: true,
      get: () => (this.#hidden ? 'hidden' : 'visible'),
    });
    Object.defineProperty(win.document, 'hidden', { configurable: true, get: () => this.#hidden });
    this.#followDatabases(win);
    this.#followSockets(win);
    if (this.#mobile) this.#holdTimers(win);
  }

  setOnline(online: boolean): void {
    if (online === this.#online) return;
    this.#online = online;
    if (!online) this.#interrupt('offline');
    window.dispatchEvent(new Event(online ? 'online' : 'offline'));
  }

  /** On a computer only the word changes: the page goes on. */
  setHidden(hidden: boolean): void {
    if (hidden === this.#hidden) return;
    this.#hidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
    if (!this.#mobile) return;
    if (hidden) {
      this.#interrupt('hidden');
      for (const socket of this.#sockets) socket.close();
      this.#sockets.clear();
      this.loseDatabases();
    } else {
      for (const { run } of this.#frozen.splice(0)) native.setTimeout(run, 0);
    }
  }

  /** As WebKit does it: no `close` event; the next transaction throws. */
  loseDatabases(): number {
    const lost = this.#databases.size;
    for (const database of this.#databases) database.close();
    this.#databases.clear();
    return lost;
  }

  get openDatabases(): readonly string[] {
    return [...this.#databases].map(({ name }) => name);
  }

  /** The promise, unless the network goes or the page is put to sleep first. */
  async whileAwake<T>(work: Promise<T>, lostMessage: string): Promise<T> {
    work.catch(() => undefined);
    if (!this.#online) throw new Error('net::ERR_INTERNET_DISCONNECTED');
    let interrupt: ((reason: 'offline' | 'hidden') => void) | undefined;
    const lost = new Promise<never>((_resolve, reject) => {
      interrupt = (reason): void => {
        reject(new Error(reason === 'offline' ? 'net::ERR_INTERNET_DISCONNECTED' : lostMessage));
      };
      this.#interrupts.add(interrupt);
    });
    try {
      return await Promise.race([work, lost]);
    } finally {
      if (interrupt !== undefined) this.#interrupts.delete(interrupt);
    }
  }

  async #fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    if (isOwn(input)) return native.fetch(input, init);
    if (!this.#online) throw new TypeError('Failed to fetch');
    const controller = new AbortController();
    const given = init.signal ?? (input instanceof Request ? input.signal : controller.signal);
    const signal = AbortSignal.any([given, controller.signal]);
    const interrupt = (reason: 'offline' | 'hidden'): void => {
      controller.abort(new TypeError(reason === 'offline' ? 'Failed to fetch' : 'Load failed'));
    };
    this.#interrupts.add(interrupt);
    const response = await native.fetch(input, { ...init, signal }).catch((error: unknown) => {
      this.#interrupts.delete(interrupt);
      throw error;
    });
    // It stays interruptible while its body is read.
    this.#answers.register(response, interrupt);
    return response;
  }

  #interrupt(reason: 'offline' | 'hidden'): void {
    for (const interrupt of [...this.#interrupts]) interrupt(reason);
    this.#interrupts.clear();
  }

  #followDatabases(win: Window & typeof globalThis): void {
    const open = win.IDBFactory.prototype.open;
    const databases = this.#databases;
    win.IDBFactory.prototype.open = function (name, version) {
      const request = version === undefined ? open.call(this, name) : open.call(this, name, version);
      request.addEventListener('success', () => databases.add(request.result));
      return request;
    };
    const close = win.IDBDatabase.prototype.close;
    win.IDBDatabase.prototype.close = function () {
      databases.delete(this);
      close.call(this);
    };
  }

  #followSockets(win: Window & typeof globalThis): void {
    const sockets = this.#sockets;
    win.WebSocket = class extends win.WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        sockets.add(this);
      }
    };
  }

  #holdTimers(win: Window & typeof globalThis): void {
    const { setTimeout, setInterval, requestAnimationFrame } = win;
    const hold =
      (callback: (...args: unknown[]) => unknown) =>
      (...args: unknown[]): void => {
        if (this.#hidden) this.#frozen.push({ run: () => callback(...args) });
        else callback(...args);
      };
    const holdTick = (callback: () => unknown) => (): void => {
      if (!this.#hidden) callback();
    };
    Object.assign(win, {
      setTimeout: (callback: () => unknown, ...rest: [number?]) =>
        setTimeout.call(win, hold(callback), ...rest),
      setInterval: (callback: () => unknown, ...rest: [number?]) =>
        setInterval.call(win, holdTick(callback), ...rest),
      requestAnimationFrame: (callback: (timeMs: number) => unknown) =>
        requestAnimationFrame.call(win, hold(callback as (...args: unknown[]) => unknown)),
    });
  }
}

/** What the page asks of the host that serves it is no network to the plugin. */
function isOwn(input: RequestInfo | URL): boolean {
  const url = new URL(input instanceof Request ? input.url : input, location.href);
  return url.origin === location.origin;
}
