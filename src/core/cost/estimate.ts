import type { Prices } from './prices.ts';
import type { RequestKind, Usage } from './usage.ts';

const GB = 1e9;
const KINDS: readonly RequestKind[] = ['get', 'put', 'copy', 'delete', 'head', 'list'];

/** US dollars; what is kept is not in it. */
export interface Estimate {
  readonly requests: number;
  readonly down: number;
  readonly total: number;
}

/** What the usage costs by list price. */
export function estimate(usage: Usage, { perThousand, perGbDown }: Prices): Estimate {
  const requests = KINDS.reduce((dollars, kind) => dollars + (usage[kind] / 1000) * perThousand[kind], 0);
  const down = (usage.bytesDown / GB) * perGbDown;
  return { requests, down, total: requests + down };
}

/** `$0.0123`, `$1.20`; `less than $0.0001` where it is not nothing. */
export function dollarText(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.0001) return 'less than $0.0001';
  return `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
}
