import type { EventRef } from 'obsidian';
import { endEvent } from './vault/events.ts';

/** What is loaded and unloaded as a whole: children and registrations end with it, last first. */
export class Component {
  _loaded = false;
  readonly _children: Component[] = [];
  _ends: (() => unknown)[] = [];

  load(): unknown {
    if (this._loaded) return undefined;
    this._loaded = true;
    const result: unknown = this.onload();
    for (const child of [...this._children]) child.load();
    return result;
  }

  onload(): unknown {
    return undefined;
  }

  unload(): void {
    if (!this._loaded) return;
    this._loaded = false;
    for (const child of this._children.splice(0)) child.unload();
    const ends = this._ends.splice(0).reverse();
    for (const end of ends) end();
    this.onunload();
  }

  onunload(): void {
    // For those who extend it.
  }

  addChild<T extends Component>(component: T): T {
    this._children.push(component);
    if (this._loaded) component.load();
    return component;
  }

  removeChild<T extends Component>(component: T): T {
    const at = this._children.indexOf(component);
    if (at >= 0) this._children.splice(at, 1);
    component.unload();
    return component;
  }

  register(end: () => unknown): void {
    this._ends.push(end);
  }

  registerEvent(ref: EventRef): void {
    this.register(() => {
      endEvent(ref);
    });
  }

  registerDomEvent(
    el: EventTarget,
    type: string,
    callback: (event: Event) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void {
    el.addEventListener(type, callback, options);
    this.register(() => {
      el.removeEventListener(type, callback, options);
    });
  }

  registerInterval(id: number): number {
    this.register(() => {
      window.clearInterval(id);
    });
    return id;
  }
}
