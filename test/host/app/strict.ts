/** Asked of everything by tools that print, await or compare. */
const USUAL = new Set([
  'then',
  'toJSON',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
  'tagName',
  'constructor',
  '_isMockFunction',
]);

/** Makes reading a member that a class does not have an error that names it. */
export function failOnAbsent(type: abstract new (...args: never[]) => object, name: string): void {
  let prototype = type.prototype as object;
  for (let next = Object.getPrototypeOf(prototype) as object; next !== Object.prototype;) {
    prototype = next;
    next = Object.getPrototypeOf(prototype) as object;
    if (Object.hasOwn(prototype, MARK)) return;
  }
  Object.defineProperty(prototype, MARK, { value: true });
  Object.setPrototypeOf(
    prototype,
    new Proxy(Object.create(Object.prototype) as object, {
      get: (target, key, receiver): unknown => {
        if (typeof key === 'symbol' || key in target || USUAL.has(key))
          return Reflect.get(target, key, receiver);
        throw new Error(
          `The test host's ${name} has no "${key}". Add it under test/host/app, as the real app does it.`,
        );
      },
    }),
  );
}

const MARK = Symbol('fails on what is absent');
