import { createIn, createSvgIn } from './create.ts';

type AnyWindow = Window & typeof globalThis;
type Members = Record<string, unknown>;
type Handler = (this: HTMLElement, event: Event, target: HTMLElement) => unknown;

/** Gives a window's prototypes what the app gives them; a popout window has prototypes of its own. */
export function installDomExtensions(win: AnyWindow): void {
  if (Object.hasOwn(win, 'activeDocument')) return;
  define(win.Node.prototype, NODE_MEMBERS);
  define(win.Element.prototype, ELEMENT_MEMBERS);
  define(win.HTMLElement.prototype, { ...STYLE_MEMBERS, ...HTML_MEMBERS });
  define(win.SVGElement.prototype, STYLE_MEMBERS);
  define(win.DocumentFragment.prototype, { find: ELEMENT_MEMBERS.find, findAll: ELEMENT_MEMBERS.findAll });
  define(win.UIEvent.prototype, EVENT_MEMBERS);
  const delegated = { on: HTML_MEMBERS.on, off: HTML_MEMBERS.off };
  define(win.Document.prototype, delegated);
  for (const [name, getter] of Object.entries(NODE_GETTERS))
    Object.defineProperty(win.Node.prototype, name, { configurable: true, get: getter });
  Object.defineProperty(win.UIEvent.prototype, 'doc', {
    configurable: true,
    get(this: UIEvent) {
      return (this.target as Node).doc;
    },
  });
  define(win, globalsOf(win));
  installBuiltIns(win);
}

function define(target: object, members: Members): void {
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(target, name, { configurable: true, writable: true, value });
}

const NODE_GETTERS = {
  doc(this: Node): Document {
    return this.nodeType === 9 ? (this as Document) : (this.ownerDocument ?? document);
  },
  win(this: Node): Window {
    return this.doc.defaultView ?? window;
  },
  constructorWin(this: Node): Window {
    return this.doc.defaultView ?? window;
  },
};

const NODE_MEMBERS = {
  detach(this: Node) {
    this.parentNode?.removeChild(this);
  },
  empty(this: Node) {
    while (this.lastChild !== null) this.removeChild(this.lastChild);
  },
  insertAfter(this: Node, node: Node, child: Node | null) {
    return this.insertBefore(node, child === null ? this.firstChild : child.nextSibling);
  },
  indexOf(this: Node, other: Node) {
    return [...this.childNodes].indexOf(other as ChildNode);
  },
  setChildrenInPlace(this: Node, children: Node[]) {
    this.empty();
    for (const child of children) this.appendChild(child);
  },
  appendText(this: Node, text: string) {
    this.appendChild(this.doc.createTextNode(text));
  },
  /** True for the type of any window. */
  instanceOf(this: Node, type: new () => unknown) {
    if (this instanceof type) return true;
    const own = (this.win as unknown as Members)[type.name];
    return typeof own === 'function' && this instanceof own;
  },
  createEl(this: Node, tag: keyof HTMLElementTagNameMap, info?: DomElementInfo | string, then?: unknown) {
    return withCallback(createIn(this.doc, tag, parented(this, info)), then);
  },
  createDiv(this: Node, info?: DomElementInfo | string, then?: unknown) {
    return withCallback(createIn(this.doc, 'div', parented(this, info)), then);
  },
  createSpan(this: Node, info?: DomElementInfo | string, then?: unknown) {
    return withCallback(createIn(this.doc, 'span', parented(this, info)), then);
  },
  createSvg(this: Node, tag: keyof SVGElementTagNameMap, info?: SvgElementInfo | string, then?: unknown) {
    return withCallback(createSvgIn(this.doc, tag, parented(this, info)), then);
  },
};

function parented<T extends { parent?: Node }>(parent: Node, info: T | string = {} as T): T {
  return { parent, ...(typeof info === 'string' ? { cls: info } : info) } as unknown as T;
}

function withCallback<T>(el: T, then: unknown): T {
  if (typeof then === 'function') (then as (el: T) => void)(el);
  return el;
}

const ELEMENT_MEMBERS = {
  getText(this: Element) {
    return this.textContent;
  },
  setText(this: Element, value: string | DocumentFragment) {
    if (typeof value === 'string') this.textContent = value;
    else this.replaceChildren(value);
  },
  addClass(this: Element, ...classes: string[]) {
    this.addClasses(classes);
  },
  addClasses(this: Element, classes: string[]) {
    this.classList.add(...classes.filter((name) => name !== ''));
  },
  removeClass(this: Element, ...classes: string[]) {
    this.classList.remove(...classes);
  },
  removeClasses(this: Element, classes: string[]) {
    this.classList.remove(...classes);
  },
  toggleClass(this: Element, classes: string | string[], value: boolean) {
    for (const name of typeof classes === 'string' ? [classes] : classes) this.classList.toggle(name, value);
  },
  hasClass(this: Element, name: string) {
    return this.classList.contains(name);
  },
  setAttr(this: Element, name: string, value: string | number | boolean | null) {
    if (value === null) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  },
  setAttrs(this: Element, values: Record<string, string | number | boolean | null>) {
    for (const [name, value] of Object.entries(values)) this.setAttr(name, value);
  },
  getAttr(this: Element, name: string) {
    return this.getAttribute(name);
  },
  matchParent(this: Element, selector: string, last?: Element) {
    const found = this.closest(selector);
    // Above `last` nothing counts.
    return last === undefined || found === null || last.contains(found) ? found : null;
  },
  getCssPropertyValue(this: Element, property: string, pseudo?: string) {
    return getComputedStyle(this, pseudo).getPropertyValue(property).trim();
  },
  isActiveElement(this: Element) {
    return this.doc.activeElement === this;
  },
  find(this: ParentNode, selector: string) {
    return this.querySelector(selector);
  },
  findAll(this: ParentNode, selector: string) {
    return [...this.querySelectorAll(selector)];
  },
  findAllSelf(this: Element, selector: string) {
    return [...(this.matches(selector) ? [this] : []), ...this.querySelectorAll(selector)];
  },
};

const STYLE_MEMBERS = {
  setCssStyles(this: HTMLElement, styles: Partial<CSSStyleDeclaration>) {
    Object.assign(this.style, styles);
  },
  setCssProps(this: HTMLElement, props: Record<string, string>) {
    for (const [name, value] of Object.entries(props)) this.style.setProperty(name, value);
  },
};

const delegates = new WeakMap<
  object,
  { selector: string; handler: Handler; type: string; own: EventListener }[]
>();

const HTML_MEMBERS = {
  show(this: HTMLElement) {
    this.style.display = '';
  },
  hide(this: HTMLElement) {
    this.style.display = 'none';
  },
  toggle(this: HTMLElement, shown: boolean) {
    this.style.display = shown ? '' : 'none';
  },
  toggleVisibility(this: HTMLElement, visible: boolean) {
    this.style.visibility = visible ? '' : 'hidden';
  },
  isShown(this: HTMLElement) {
    return this.offsetParent !== null;
  },
  on(this: HTMLElement, type: string, selector: string, ...rest: [Handler, AddEventListenerOptions?]) {
    const [handler, options] = rest;
    const own = (event: Event): void => {
      const target = (event.target as Element).closest<HTMLElement>(selector);
      if (target !== null && this.contains(target)) handler.call(this, event, target);
    };
    delegates.set(this, [...(delegates.get(this) ?? []), { selector, handler, type, own }]);
    this.addEventListener(type, own, options);
  },
  off(this: HTMLElement, type: string, selector: string, handler: Handler) {
    for (const each of delegates.get(this) ?? [])
      if (each.type === type && each.selector === selector && each.handler === handler)
        this.removeEventListener(type, each.own);
  },
  onClickEvent(
    this: HTMLElement,
    listener: (event: MouseEvent) => unknown,
    options?: AddEventListenerOptions,
  ) {
    this.addEventListener('click', listener, options);
    this.addEventListener('auxclick', listener, options);
  },
  trigger(this: HTMLElement, type: string) {
    this.dispatchEvent(new (this.win as AnyWindow).Event(type, { bubbles: true }));
  },
};

const EVENT_MEMBERS = {
  instanceOf(this: UIEvent, type: new () => unknown) {
    const own = ((this.view ?? window) as unknown as Members)[type.name];
    return this instanceof type || (typeof own === 'function' && this instanceof own);
  },
};

function globalsOf(win: AnyWindow): Members {
  const doc = win.document;
  return {
    activeWindow: win,
    activeDocument: doc,
    createEl: (tag: keyof HTMLElementTagNameMap, info?: DomElementInfo | string, then?: unknown) =>
      withCallback(createIn(doc, tag, info), then),
    createDiv: (info?: DomElementInfo | string, then?: unknown) =>
      withCallback(createIn(doc, 'div', info), then),
    createSpan: (info?: DomElementInfo | string, then?: unknown) =>
      withCallback(createIn(doc, 'span', info), then),
    createSvg: (tag: keyof SVGElementTagNameMap, info?: SvgElementInfo | string, then?: unknown) =>
      withCallback(createSvgIn(doc, tag, info), then),
    createFragment: (then?: unknown) => withCallback(doc.createDocumentFragment(), then),
    fish: (selector: string) => doc.querySelector(selector),
    fishAll: (selector: string) => [...doc.querySelectorAll(selector)],
    isBoolean: (value: unknown) => typeof value === 'boolean',
    sleep: (delayMs: number) => new Promise((resolve) => win.setTimeout(resolve, delayMs)),
    nextFrame: () => new Promise((resolve) => win.requestAnimationFrame(resolve)),
  };
}

function installBuiltIns(win: AnyWindow): void {
  define(win.Array.prototype, {
    first(this: unknown[]) {
      return this[0];
    },
    last(this: unknown[]) {
      return this[this.length - 1];
    },
    contains(this: unknown[], target: unknown) {
      return this.includes(target);
    },
    remove(this: unknown[], target: unknown) {
      for (let at = this.indexOf(target); at >= 0; at = this.indexOf(target)) this.splice(at, 1);
    },
    unique(this: unknown[]) {
      return [...new Set(this)];
    },
  });
  define(win.Array, { combine: (arrays: unknown[][]) => arrays.flat() });
  define(win.String.prototype, {
    contains(this: string, target: string) {
      return this.includes(target);
    },
    format(this: string, ...args: string[]) {
      return this.replaceAll(/\{(\d+)\}/gu, (whole, index: string) => args[Number(index)] ?? whole);
    },
  });
  define(win.String, { isString: (value: unknown) => typeof value === 'string' });
  define(win.Number, { isNumber: (value: unknown) => typeof value === 'number' });
  define(win.Math, {
    clamp: (value: number, min: number, max: number) => Math.min(Math.max(value, min), max),
    square: (value: number) => value * value,
  });
  define(win.Object, { isEmpty: (value: object) => Object.keys(value).length === 0 });
}
