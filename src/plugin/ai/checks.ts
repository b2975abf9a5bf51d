import { isOwnNetwork, parseUrl, type ValueCheck } from '../settings/checks.ts';
import { TEXTS } from '../texts.ts';
import { AI_LIMITS } from './model.ts';

export const checkModelUrl: ValueCheck<string> = (value) => {
  const { url: texts, modelName } = TEXTS.ai.settings;
  const text = value.trim();
  if (text === '') return undefined;
  if (text.length > AI_LIMITS.textLength) return modelName.wrong;
  const url = /^https?:\/\/[^\s]+$/iu.test(text) ? parseUrl(text) : undefined;
  if (url === undefined) return texts.notUrl;
  if (url.username !== '' || url.password !== '') return texts.credentials;
  if (/[?#]/u.test(text)) return texts.query;
  return url.protocol === 'http:' && !isOwnNetwork(url.hostname) ? texts.insecure : undefined;
};

export const checkModelName: ValueCheck<string> = (value) =>
  value.length > AI_LIMITS.textLength ? TEXTS.ai.settings.modelName.wrong : undefined;

export const checkPatience: ValueCheck<number> = (value) => {
  const { min, max } = AI_LIMITS.patienceSeconds;
  return Number.isInteger(value) && value >= min && value <= max
    ? undefined
    : TEXTS.ai.settings.patience.wrong;
};

export const checkLines: ValueCheck<string> = (value) =>
  value.length > AI_LIMITS.textLength * AI_LIMITS.lines ? TEXTS.ai.settings.privateFolders.wrong : undefined;

/** Folders as typed, a line each, without slashes at their ends. */
export function folderLines(text: string): readonly string[] {
  return linesOf(text)
    .map((line) => line.replace(/^\/+|\/+$/gu, ''))
    .filter((line) => line !== '');
}

/** Tags as typed, a line each, with or without `#`. */
export function tagLines(text: string): readonly string[] {
  return linesOf(text)
    .map((line) => line.replace(/^#+|\/+$/gu, ''))
    .filter((line) => line !== '');
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .slice(0, AI_LIMITS.lines);
}
