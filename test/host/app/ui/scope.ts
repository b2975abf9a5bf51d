type Listener = (event: KeyboardEvent, context: object) => unknown;

interface Binding {
  readonly modifiers: string[] | null;
  readonly key: string | null;
  readonly func: Listener;
  readonly scope: Scope;
}

/** Keys while a modal or a suggester is open. The one opened last is asked first. */
export class Scope {
  readonly #bindings: Binding[] = [];
  readonly #parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  register(modifiers: string[] | null, key: string | null, func: Listener): Binding {
    const binding: Binding = { modifiers, key, func, scope: this };
    this.#bindings.push(binding);
    return binding;
  }

  unregister(binding: Binding): void {
    const at = this.#bindings.indexOf(binding);
    if (at >= 0) this.#bindings.splice(at, 1);
  }

  /** True when something took the key. */
  handle(event: KeyboardEvent): boolean {
    for (const { key, modifiers, func } of [...this.#bindings].reverse()) {
      if (key !== null && key.toLowerCase() !== event.key.toLowerCase()) continue;
      if (modifiers !== null && modifiers.join() !== modifiersOf(event).join()) continue;
      if (func(event, {}) === false) event.preventDefault();
      return true;
    }
    return this.#parent?.handle(event) ?? false;
  }
}

function modifiersOf(event: KeyboardEvent): string[] {
  return [
    ...(event.ctrlKey || event.metaKey ? ['Mod'] : []),
    ...(event.shiftKey ? ['Shift'] : []),
    ...(event.altKey ? ['Alt'] : []),
  ];
}
