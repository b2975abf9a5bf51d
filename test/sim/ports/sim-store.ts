import type { ObjectKey } from '../../../src/core/model/ids.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  StoreCapabilities,
  WriteOptions,
} from '../../../src/storage/object-store.ts';
import type { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { Fault } from '../scheduler.ts';
import { storeError } from './errors.ts';
import type { PortHost } from './host.ts';

/** Few objects a page, so that small buckets have many pages. */
const PAGE = 5;

const READ_FAULTS = ['unavailable', 'rate-limited', 'denied'] as const;
const WRITE_FAULTS = ['unavailable', 'timeout-after', 'rate-limited', 'denied'] as const;
const PUT_FAULTS = [...WRITE_FAULTS, 'quota', 'twice'] as const;
/** Seeds of the widest range meet these as well. `late`: no answer, and the effect comes when it comes. */
const WIDE_FAULTS = ['unexpected', 'no-bucket', 'clock-skew'] as const;
const WIDE_READ_FAULTS = [...WIDE_FAULTS, 'corrupt-answer'] as const;
const WIDE_PUT_FAULTS = [...WIDE_FAULTS, 'late', 'unexpected-after'] as const;

/** The bucket as one device reaches it: every request waits for the driver, and may fail as it says. */
export class SimStore implements ObjectStore {
  readonly #host: PortHost;
  readonly #inner: MemoryStore;
  readonly #port: 'store' | 'backup';

  constructor(host: PortHost, inner: MemoryStore, port: 'store' | 'backup' = 'store') {
    this.#host = host;
    this.#inner = inner;
    this.#port = port;
  }

  get capabilities(): StoreCapabilities {
    return this.#inner.capabilities;
  }

  get(key: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    // Nothing could tell wrong bytes of a plain object from an edit; the transport's checksums are trusted there.
    const ours = key.startsWith('.twincloud/');
    const faults = [...READ_FAULTS, ...(ours ? ['corrupt', 'cut'] : []), ...this.#wide(WIDE_READ_FAULTS)];
    const condition = options.ifNoneMatch === undefined ? '' : ' if-new';
    return this.#step({ method: 'get', key, detail: condition, faults, options }, async (fault) => {
      if (fault === 'corrupt' || fault === 'cut' || fault === 'corrupt-answer') this.#host.onSpoilt(key);
      if (fault === 'corrupt' || fault === 'cut') return spoilt(await this.#inner.get(key, options), fault);
      return fault === undefined ? this.#inner.get(key, options) : failed(fault, key);
    });
  }

  put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const conditional = options.ifMatch !== undefined || options.ifNoneMatch !== undefined;
    const wide = this.#wide([...WIDE_PUT_FAULTS, ...(conditional ? ['conflict-after'] : [])]);
    const faults = [...PUT_FAULTS, ...(conditional ? ['conflict'] : []), ...wide];
    const sender = this.#host.sender();
    const once = async (late = false): Promise<ObjectVersion> => {
      const old = this.#inner.peek(key);
      const version = await this.#inner.put(key, body, late ? withoutSignal(options) : options);
      this.#host.onPut({ key, options, old, late, sender });
      return version;
    };
    return this.#step(
      { method: 'put', key, detail: conditional ? ' cond' : '', faults, options },
      async (fault) => {
        if (fault === 'twice') await once();
        if (fault === 'late') this.#host.later(() => once(true));
        return fault === undefined || fault === 'twice' ? once() : failedWrite(fault, key, once);
      },
    );
  }

  copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    const sender = this.#host.sender();
    const once = async (): Promise<ObjectVersion> => {
      const old = this.#inner.peek(to);
      const version = await this.#inner.copy(from, to, options);
      this.#host.onPut({ key: to, options, old, late: false, sender });
      return version;
    };
    return this.#step(
      { method: 'copy', key: to, detail: ` from ${from}`, faults: this.#writeFaults(), options },
      (fault) => (fault === undefined ? once() : failedWrite(fault, to, once)),
    );
  }

  delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    const once = async (): Promise<void> => {
      const old = this.#inner.peek(key);
      await this.#inner.delete(key, options);
      this.#host.onObjectDeleted(key, old);
    };
    return this.#step({ method: 'delete', key, detail: '', faults: this.#writeFaults(), options }, (fault) =>
      fault === undefined ? once() : failedWrite(fault, key, once),
    );
  }

  head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    return this.#step({ method: 'head', key, detail: '', faults: this.#readFaults(), options }, (fault) =>
      fault === undefined ? this.#inner.head(key, options) : failed(fault, key),
    );
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<ListPage> {
    const limit = Math.min(options.limit ?? PAGE, PAGE);
    const pages = this.#inner.list(prefix, { ...options, limit })[Symbol.asyncIterator]();
    for (;;) {
      const call = { method: 'list', key: prefix, detail: '', faults: this.#readFaults(), options };
      const page = await this.#step(call, (fault) =>
        fault === undefined ? pages.next() : failed(fault, prefix),
      );
      if (page.done === true) return;
      yield page.value;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #wide(faults: readonly Fault[]): readonly Fault[] {
    return this.#host.wide ? faults : [];
  }

  #readFaults(): readonly Fault[] {
    return [...READ_FAULTS, ...this.#wide(WIDE_READ_FAULTS)];
  }

  #writeFaults(): readonly Fault[] {
    return [...WRITE_FAULTS, ...this.#wide([...WIDE_FAULTS, 'unexpected-after'])];
  }

  #step<T>(
    call: { method: string; key: string; detail: string; faults: readonly Fault[]; options: CallOptions },
    perform: (fault: Fault | undefined) => Promise<T>,
  ): Promise<T> {
    const { method, key, detail, faults, options } = call;
    this.#host.onRequest(method, key);
    const { signal } = options;
    return this.#host.step(
      {
        port: this.#port,
        method,
        detail: `${key}${detail}`,
        faults,
        ...(signal === undefined ? {} : { signal }),
      },
      perform,
    );
  }
}

function failed(fault: Fault, key: string): Promise<never> {
  switch (fault) {
    case 'rate-limited':
      return Promise.reject(storeError('rate-limited', key, 'slow down'));
    case 'denied':
      return Promise.reject(storeError('denied', key, 'not allowed'));
    case 'quota':
      return Promise.reject(storeError('quota', key, 'full'));
    case 'conflict':
    case 'conflict-after':
      return Promise.reject(storeError('conflict', key, 'another request is under way'));
    case 'unexpected':
    case 'unexpected-after':
      return Promise.reject(storeError('unexpected', key, 'an answer that nobody knows'));
    case 'corrupt-answer':
      return Promise.reject(storeError('corrupt', key, 'the checksum is wrong'));
    case 'no-bucket':
      return Promise.reject(storeError('not-found', key, 'no such bucket', 'no-bucket'));
    case 'clock-skew':
      return Promise.reject(storeError('denied', key, 'the time is too skewed', 'clock-skew'));
    default:
      return Promise.reject(storeError('unavailable', key, 'no answer'));
  }
}

async function failedWrite<T>(fault: Fault, key: string, effect: () => Promise<T>): Promise<T> {
  if (fault.endsWith('-after')) await effect();
  return failed(fault, key);
}

/** A request on its way cannot be taken back. */
function withoutSignal({ signal: _signal, ...options }: PutOptions): PutOptions {
  return options;
}

/** An answer whose body was harmed on the way. */
function spoilt(result: GetResult, fault: 'corrupt' | 'cut'): GetResult {
  if (result.kind !== 'found' || result.body.length === 0) return result;
  if (fault === 'cut') return { ...result, body: result.body.slice(0, result.body.length >> 1) };
  const body = result.body.slice();
  const middle = body.length >> 1;
  body[middle] = (body[middle] ?? 0) ^ 0x40;
  return { ...result, body };
}
