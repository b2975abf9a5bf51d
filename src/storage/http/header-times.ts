/** An HTTP date in milliseconds since 1970. */
export function parseTime(date: string | undefined): number | undefined {
  const timeMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** How long a server asks to be left alone, ms; `undefined` where it says nothing of it. Header names in lower case. */
export function readRetryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  // A date counts by the server's own clock, not by ours.
  const until = parseTime(value);
  const serverMs = parseTime(headers['date']);
  return until === undefined || serverMs === undefined ? undefined : Math.max(0, until - serverMs);
}
