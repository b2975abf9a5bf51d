// Fails on a rule of docs/spec without a test, on an id of a test without a rule, and on an id given twice.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareSpec, readRules, readTestIds } from './spec-rules.mts';

const root = resolve(import.meta.dirname, '..');

function readAll(folder: string, extension: string): readonly { file: string; text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') }));
}

const pages = readAll('docs/spec', '.md').map(({ file, text }) => readRules(file, text));
const mentions = readAll('test', '.ts').flatMap(({ file, text }) => readTestIds(file, text));
const problems = compareSpec(pages, mentions);

for (const problem of problems) console.error(problem);
const ruleCount = pages.reduce((count, page) => count + page.rules.length, 0);
console.log(`${ruleCount} rules, ${mentions.length} mentions in tests, ${problems.length} problems`);
// No rule at all means that the pages were not found, not that all is well.
process.exitCode = problems.length === 0 && ruleCount > 0 ? 0 : 1;
