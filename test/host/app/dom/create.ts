/** `createEl` and its kin, as the typings of the app have them. */
export function createIn<K extends keyof HTMLElementTagNameMap>(
  doc: Document,
  tag: K,
  info: DomElementInfo | string = {},
): HTMLElementTagNameMap[K] {
  const el = doc.createElement(tag);
  const options = typeof info === 'string' ? { cls: info } : info;
  applyInfo(el, options);
  if (options.text !== undefined) el.setText(options.text);
  if (options.title !== undefined) el.title = options.title;
  for (const name of ['value', 'type', 'placeholder', 'href'] as const)
    if (options[name] !== undefined) el.setAttribute(name, options[name]);
  if (options.value !== undefined && 'value' in el) el.value = options.value;
  return el;
}

export function createSvgIn<K extends keyof SVGElementTagNameMap>(
  doc: Document,
  tag: K,
  info: SvgElementInfo | string = {},
): SVGElementTagNameMap[K] {
  const el = doc.createElementNS('http://www.w3.org/2000/svg', tag);
  applyInfo(el, typeof info === 'string' ? { cls: info } : info);
  return el;
}

function applyInfo(el: Element, info: SvgElementInfo): void {
  if (info.cls !== undefined) el.addClasses(typeof info.cls === 'string' ? info.cls.split(/\s+/u) : info.cls);
  if (info.attr !== undefined) el.setAttrs(info.attr);
  if (info.parent === undefined) return;
  if (info.prepend === true) info.parent.insertBefore(el, info.parent.firstChild);
  else info.parent.appendChild(el);
}
