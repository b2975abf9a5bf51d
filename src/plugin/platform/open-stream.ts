/**
 * The file behind one of the app's addresses, from `offset` on. Whether a platform keeps `Range` is not
 * known: where it does not, what comes before is read and thrown away.
 */
export async function openStream(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  url: string,
  offset: number,
): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = offset === 0 ? {} : { Range: `bytes=${String(offset)}-` };
  const response = await fetch(url, { headers, cache: 'no-store' });
  if (!response.ok || response.body === null) throw new Error(`the app answers ${String(response.status)}`);
  return response.status === 206 || offset === 0 ? response.body : skip(response.body, offset);
}

function skip(stream: ReadableStream<Uint8Array>, offset: number): ReadableStream<Uint8Array> {
  let left = offset;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const dropped = Math.min(left, chunk.length);
        left -= dropped;
        if (dropped < chunk.length) controller.enqueue(chunk.subarray(dropped));
      },
    }),
  );
}
