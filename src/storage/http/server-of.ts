/** The server of an address, however it is written; of one that is none, the text. */
export function serverOf(address: string): string {
  try {
    const { host, pathname } = new URL(address);
    return `${host}${pathname.replace(/\/+$/u, '')}`;
  } catch {
    return address;
  }
}
