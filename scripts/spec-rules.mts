import ts from 'typescript';

/** Where an id stands, as `file:line`. */
export interface Mention {
  readonly id: string;
  readonly place: string;
}

/** What the specification says, and the lines that look like rules and are none. */
export interface SpecRules {
  readonly rules: readonly Mention[];
  readonly malformed: readonly string[];
}

const RULE = /^- \*\*\[(?<id>[A-Z]+[0-9]+)\]\*\* \S/u;
const ALMOST_RULE = /^\s*[-*]\s*\**\[[A-Za-z]+-?[0-9]+\]/u;

/** Rules of one page: `- **[PL7]** sentence.`, one a line. */
export function readRules(file: string, text: string): SpecRules {
  const rules: Mention[] = [];
  const malformed: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const place = `${file}:${index + 1}`;
    const id = RULE.exec(line)?.groups?.['id'];
    if (id !== undefined) rules.push({ id, place });
    else if (ALMOST_RULE.test(line)) malformed.push(place);
  }
  return { rules, malformed };
}

const TITLE_IDS = /^(?:\[[A-Z]+[0-9]+\] )+/u;
const SKIPPED = new Set(['skip', 'todo']);

/**
 * Ids at the start of the strings of one test file: titles, and rows of tables whose titles name a field.
 * Strings in a call of `….skip` or `….todo` prove nothing and are left out.
 */
export function readTestIds(file: string, text: string): readonly Mention[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  const mentions: Mention[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isSkipped(node.expression)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const ids = TITLE_IDS.exec(node.text)?.[0].match(/[A-Z]+[0-9]+/gu) ?? [];
      mentions.push(...ids.map((id) => ({ id, place: `${file}:${line}` })));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mentions;
}

/** `it.skip`, `describe.skip.each(…)`, `it.todo`; not `describe.skipIf(…)`, whose tests run somewhere. */
function isSkipped(callee: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(callee)) {
    return SKIPPED.has(callee.name.text) || isSkipped(callee.expression);
  }
  return ts.isCallExpression(callee) && isSkipped(callee.expression);
}

/** Sentences on what does not fit; none when every rule has a test and every id of a test a rule. */
export function compareSpec(spec: readonly SpecRules[], tests: readonly Mention[]): readonly string[] {
  const rules = spec.flatMap((page) => page.rules);
  const firstPlaceById = new Map<string, string>();
  const problems = spec.flatMap((page) =>
    page.malformed.map((place) => `${place}: looks like a rule, but is not "- **[ID1]** sentence."`),
  );
  for (const { id, place } of rules) {
    const first = firstPlaceById.get(id);
    if (first === undefined) firstPlaceById.set(id, place);
    else problems.push(`${place}: [${id}] already stands at ${first}`);
  }
  const tested = new Set(tests.map((mention) => mention.id));
  for (const [id, place] of firstPlaceById) {
    if (!tested.has(id)) problems.push(`${place}: no test begins with [${id}]`);
  }
  for (const { id, place } of tests) {
    if (!firstPlaceById.has(id)) problems.push(`${place}: the specification has no rule [${id}]`);
  }
  return problems;
}
