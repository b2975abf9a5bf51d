/** A range of the base beside a range of a side that still has to be compared; ends are exclusive. */
export interface Gap {
  readonly baseStart: number;
  readonly baseEnd: number;
  readonly sideStart: number;
  readonly sideEnd: number;
}

/** Steps left: the one measure of effort, so that every device gives up at the same place. */
export interface StepBudget {
  left: number;
}

/** Two sequences of line numbers, and which of their lines are found to be the same line. */
export interface Pairing {
  readonly base: Int32Array;
  readonly side: Int32Array;
  /** 1 where the base's line stands in the side, in step with `sideKept`. */
  readonly baseKept: Uint8Array;
  readonly sideKept: Uint8Array;
  /** Scratch, zero between uses: how often each number occurs in a gap. */
  readonly baseCounts: Int32Array;
  readonly sideCounts: Int32Array;
}

export function startPairing(base: Int32Array, side: Int32Array, idCount: number): Pairing {
  return {
    base,
    side,
    baseKept: new Uint8Array(base.length),
    sideKept: new Uint8Array(side.length),
    baseCounts: new Int32Array(idCount),
    sideCounts: new Int32Array(idCount),
  };
}

/** Says that two lines are one. Pairs must never cross. */
export function pair(pairing: Pairing, basePosition: number, sidePosition: number): void {
  pairing.baseKept[basePosition] = 1;
  pairing.sideKept[sidePosition] = 1;
}

/** Pairs the lines that begin and end a gap alike; the rest is returned. */
export function trim(pairing: Pairing, gap: Gap): Gap {
  const { base, side } = pairing;
  let { baseStart, baseEnd, sideStart, sideEnd } = gap;
  while (baseStart < baseEnd && sideStart < sideEnd && base[baseStart] === side[sideStart]) {
    pair(pairing, baseStart++, sideStart++);
  }
  while (baseStart < baseEnd && sideStart < sideEnd && base[baseEnd - 1] === side[sideEnd - 1]) {
    pair(pairing, --baseEnd, --sideEnd);
  }
  return { baseStart, baseEnd, sideStart, sideEnd };
}
