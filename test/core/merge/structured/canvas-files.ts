import { mergeStructured } from '../../../../src/core/merge/structured/merge-structured.ts';
import type {
  StructuredKind,
  StructuredResult,
} from '../../../../src/core/merge/structured/merge-structured.ts';

export interface Item {
  readonly id: string;
  readonly [key: string]: unknown;
}

export interface Canvas {
  readonly nodes: readonly Item[];
  readonly edges: readonly Item[];
}

export function card(id: string, more: Readonly<Record<string, unknown>> = {}): Item {
  return { id, type: 'text', text: `Card ${id}`, x: 0, y: 0, width: 250, height: 60, ...more };
}

export function arrow(
  id: string,
  from: string,
  to: string,
  more: Readonly<Record<string, unknown>> = {},
): Item {
  return { id, fromNode: from, fromSide: 'right', toNode: to, toSide: 'left', ...more };
}

/** What both ways round give; throws where they differ. */
export function mergedBothWays(
  [base, local, remote]: readonly [string, string, string],
  kind: StructuredKind,
): StructuredResult {
  const result = mergeStructured({ base, local, remote }, { kind });
  const exchanged = mergeStructured({ base, local: remote, remote: local }, { kind });
  if (JSON.stringify(result) !== JSON.stringify(exchanged))
    throw new Error(`not symmetric: ${JSON.stringify([result, exchanged])}`);
  return result;
}
