export function setTooltip(el: HTMLElement, tooltip: string): void {
  if (tooltip === '') el.removeAttribute('aria-label');
  else el.setAttribute('aria-label', tooltip);
  el.title = tooltip;
}
