/** For what this host does not have: a plugin that comes to need it is told so, not misled. */
export function absent(name: string): never {
  throw new Error(`The test host has no ${name}. Add it under test/host/app, as the real app does it.`);
}
