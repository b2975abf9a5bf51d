/** Something that must never be was seen. */
export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(what: string, detail = '') {
    super(detail === '' ? what : `${what}: ${detail.slice(0, 4_000)}`);
  }
}
