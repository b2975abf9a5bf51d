/** Rules of docs/spec/sync.md, and what no rule needs to say. */
export type InvariantId =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'I7'
  | 'I8'
  | 'I9'
  | 'I10'
  | 'I11'
  | 'I12'
  | 'I14'
  | 'I15'
  | 'I16'
  | 'I17'
  | 'I18'
  | 'I19'
  | 'I20'
  | 'I22'
  | 'I23'
  | 'RE1'
  | 'RE3'
  | 'RE4'
  | 'RE5'
  | 'RE6'
  | 'RE8'
  | 'RE9'
  | 'deadlock'
  | 'livelock'
  | 'error'
  | 'canvas'
  | 'preview'
  | 'scope'
  | 'rejection'
  | 'leak'
  | 'alone';

export interface Violation {
  readonly invariant: InvariantId;
  readonly message: string;
}
