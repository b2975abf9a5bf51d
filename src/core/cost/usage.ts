/** Requests by what they do, a large upload as the several that it takes; bytes of bodies. */
export interface Usage {
  readonly get: number;
  readonly put: number;
  readonly copy: number;
  readonly delete: number;
  readonly head: number;
  readonly list: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export type RequestKind = 'get' | 'put' | 'copy' | 'delete' | 'head' | 'list';

export const NO_USAGE: Usage = {
  get: 0,
  put: 0,
  copy: 0,
  delete: 0,
  head: 0,
  list: 0,
  bytesUp: 0,
  bytesDown: 0,
};

/** What one call of a store was. */
export interface UsedCall {
  readonly kind: RequestKind;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** How a cloud takes large bodies: in pieces of this size, with so many requests beside them. */
export interface Pieces {
  readonly sizeBytes: number;
  readonly around: number;
}

export function withCall(usage: Usage, { kind, bytesUp, bytesDown }: UsedCall, pieces: Pieces): Usage {
  const isDivided = kind === 'put' && bytesUp > pieces.sizeBytes;
  const requests = isDivided ? Math.ceil(bytesUp / pieces.sizeBytes) + pieces.around : 1;
  return {
    ...usage,
    [kind]: usage[kind] + requests,
    bytesUp: usage.bytesUp + bytesUp,
    bytesDown: usage.bytesDown + bytesDown,
  };
}

export function sum(a: Usage, b: Usage): Usage {
  return {
    get: a.get + b.get,
    put: a.put + b.put,
    copy: a.copy + b.copy,
    delete: a.delete + b.delete,
    head: a.head + b.head,
    list: a.list + b.list,
    bytesUp: a.bytesUp + b.bytesUp,
    bytesDown: a.bytesDown + b.bytesDown,
  };
}

export function requestsIn({ get, put, copy, delete: deleted, head, list }: Usage): number {
  return get + put + copy + deleted + head + list;
}

/** `2026-11`, in UTC, as clouds bill. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}
