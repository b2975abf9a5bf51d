interface CanvasLists {
  readonly nodes: readonly object[];
  readonly edges: readonly object[];
}

/** As Obsidian writes a canvas: cards and arrows on a line each. */
export function canvasText({ nodes, edges }: CanvasLists): string {
  const list = (items: readonly object[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `\t\t${JSON.stringify(item)}`).join(',\n')}\n\t]`;
  return `{\n\t"nodes":${list(nodes)},\n\t"edges":${list(edges)}\n}`;
}
