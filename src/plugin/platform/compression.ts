import { CompressionError, type Compression } from '../../engine/ports.ts';
import { joined } from '../../core/bytes.ts';

type Format = 'gzip' | 'deflate-raw';

export const webCompression: Compression = {
  gzip: (bytes) => encode('gzip', bytes),
  gunzip: (bytes, limitBytes) => decode('gzip', bytes, limitBytes),
  deflate: (bytes) => encode('deflate-raw', bytes),
  inflate: (bytes, limitBytes) => decode('deflate-raw', bytes, limitBytes),
};

async function encode(format: Format, bytes: Uint8Array): Promise<Uint8Array> {
  return collect(piped(bytes, new CompressionStream(format)), Number.POSITIVE_INFINITY);
}

async function decode(format: Format, bytes: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  try {
    return await collect(piped(bytes, new DecompressionStream(format)), limitBytes);
  } catch (error) {
    if (error instanceof CompressionError) throw error;
    throw new CompressionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function piped(
  bytes: Uint8Array,
  through: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  const source = new ReadableStream<BufferSource>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  });
  return source.pipeThrough(through);
}

/** Little input can be much output: what goes past the limit is not even read. */
async function collect(stream: ReadableStream<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks);
    sizeBytes += value.length;
    if (sizeBytes > limitBytes) {
      await reader.cancel().catch(() => undefined);
      throw new CompressionError(`more than ${String(limitBytes)} bytes come out`);
    }
    chunks.push(value);
  }
}
