import { countText, numberText, plainText } from '../../core/text/words.ts';
import type { Mark } from '../../core/suggestion/mark.ts';
import type { PrivateReason } from '../../core/suggestion/private-note.ts';
import type { SuggestFailure } from '../ai/suggester.ts';

const MOST_SHOWN = 160;

/** What a failure means and what to do, by its kind; `host` is where it was asked. */
const FAILURES: Readonly<Record<SuggestFailure, (host: string) => string>> = {
  stopped: () => 'Stopped.',
  unreachable: (host) =>
    `Nobody answers at ${host}. Check the address in the settings, whether the server runs, and your network.`,
  timeout: (host) =>
    `${host} took too long to answer. Try again, or raise the time to wait in the settings: a local model may need minutes to begin.`,
  stalled: (host) => `${host} began to answer and then fell silent. Try again.`,
  redirected: (host) =>
    `${host} points to another address, and the note is sent to none but the one in the settings. Enter the final address there.`,
  unauthorized: (host) =>
    `${host} does not accept the key. Check it in the settings, and whether it may use this model.`,
  'no-model': (host) =>
    `${host} does not know this address or this model. Check both in the settings; the address often ends in /v1.`,
  'rate-limited': (host) =>
    `${host} wants no more requests for now, or the account has no credit left. Wait a little, or look at the account.`,
  'too-long': () =>
    'The note is too long for this model. Use a model with a longer context, or merge by hand.',
  rejected: (host) => `${host} rejected the request. Check the model’s name in the settings.`,
  server: (host) => `${host} has a failure of its own. Try again later.`,
  'no-api': (host) =>
    `What ${host} answers is not the answer of a model. Check the address in the settings; it often ends in /v1.`,
  broken: () => 'The connection broke before the answer was complete. Try again.',
  'cut-off': () =>
    'The answer was cut off at the model’s limit. Use a model with a longer output, or merge by hand.',
  refused: () => 'The model declined to answer. Merge by hand, or try another model.',
  empty: () => 'The answer is empty. Try again, or try another model.',
  'too-much': () =>
    'The answer is far longer than the note, so it was stopped. Try again, or try another model.',
};

function failure(kind: SuggestFailure, host: string, detail: string): string {
  const said = detail === '' ? '' : ` It says: “${plainText(detail)}”`;
  return `${FAILURES[kind](host)}${said} The note is as it was.`;
}

function mark({ kind, text, side }: Mark, names: { readonly note: string; readonly copy: string }): string {
  const what = `“${shown(text)}”`;
  const who = side === undefined ? '' : names[side];
  switch (kind) {
    case 'missing':
      return side === undefined ? `Missing, and removed by nobody: ${what}` : `Missing, from ${who}: ${what}`;
    case 'returned':
      return `Removed on ${who}, and here again: ${what}`;
    case 'invented':
      return `In neither version: ${what}`;
    case 'doubled':
      return `More often than in both versions: ${what}`;
    case 'link':
      return `A link that neither version has: ${what}`;
    case 'link-missing':
      return `A link is missing: ${what}`;
    case 'properties':
      return text === ''
        ? 'The properties at the top are broken.'
        : `The property ${what} is broken or missing.`;
    case 'code-block':
      return 'A code block has no end.';
    case 'unbalanced':
      return `The other half of a mark is missing: ${what}`;
    case 'conflict-marker':
      return `A conflict marker: ${what}`;
  }
}

function shown(text: string): string {
  const plain = plainText(text.replace(/\s+/gu, ' '));
  return plain.length > MOST_SHOWN ? `${plain.slice(0, MOST_SHOWN)}…` : plain;
}

export const AI_TEXTS = {
  way: 'Ask AI',
  title: 'Ask a model for a suggestion',
  to: (host: string, model: string): string => `To ${plainText(host)}, model ${plainText(model)}:`,
  explain:
    'This is everything that will be sent. What comes back is a suggestion: it is checked, shown to you, and changes nothing before you apply it.',
  shortened:
    'The note is long: only the places where the versions differ are sent, with some lines around each.',
  sent: 'What will be sent',
  task: 'The task, the same for every note',
  send: (host: string): string => `Send to ${plainText(host)}`,
  asking: (host: string): string => `Waiting for ${plainText(host)}…`,
  writing: (characters: number): string => `The model writes: ${numberText(characters)} characters so far.`,
  stop: 'Stop',
  again: 'Try again',
  openSettings: 'Open settings',
  off: 'No model is set up. Enter the address and the name of a model in the settings.',
  private: (reason: PrivateReason): string =>
    reason.kind === 'folder'
      ? `This note is in ${plainText(reason.folder)}, a private folder: nothing of it is sent. You can change that in the settings.`
      : `This note has the private tag #${plainText(reason.tag)} in one of its versions: nothing of it is sent. You can change that in the settings.`,
  settled: 'Both versions fit together: there is nothing to ask.',
  tooLarge: 'What differs is too long to be sent to a model. Merge it by hand.',
  noKey:
    'The key for the model is not on this device. Enter it in the settings; secrets are kept on each device by itself.',
  unusable: {
    empty: 'The answer is empty. Try again, or try another model. The note is as it was.',
    unmarked:
      'The model did not answer in the form that it was asked for. Try again, or use a larger model. The note is as it was.',
    incomplete:
      'The model did not answer for every place. Try again, or use a larger model. The note is as it was.',
    garbled:
      'The answer cannot be told apart into its places, or was cut off. Try again, or use a larger model. The note is as it was.',
  },
  failure,
  mark,
  marksTitle: (count: number): string => `${countText(count, 'mark')}: look at this before you apply it`,
  marksLeft: (count: number): string => `${countText(count, 'mark')} to look at.`,
  noMarks: 'Nothing is missing from the suggestion, and nothing in it is new. Look at it, then apply it.',
  missing: (text: string): string => `missing: ${shown(text)}`,
  more: (count: number): string => `… and ${numberText(count)} more.`,
  confirmTitle: 'Apply it with these marks?',
  confirmExplain:
    'If you apply the suggestion as it is, the note will lack or have what follows. Both former versions stay in the history.',
  confirm: 'Apply all the same',
  withdrawn: 'The suggestion was for the former versions and is withdrawn. You can ask again.',
  settings: {
    name: 'AI suggestions',
    desc: 'Let a language model suggest how to merge a conflict. Off until you enter an address and a model.',
    unset: 'Off',
    model: 'Model',
    url: {
      name: 'Address',
      desc: 'Of an OpenAI-compatible service, on this device or elsewhere, as https://api.example.com/v1 or http://localhost:11434/v1.',
      placeholder: 'https://',
      notUrl: 'This is no address. It begins with https:// and often ends in /v1.',
      credentials: 'No name and no password belong in an address.',
      query: 'No question mark and no # belong in this address.',
      insecure:
        'With http everyone on the way can read the note and the key. Use https, or an address in your own network.',
    },
    modelName: {
      name: 'Model name',
      desc: 'As the service calls it, for example llama3.1.',
      wrong: 'This is too long.',
    },
    key: {
      name: 'Key',
      desc: 'If the service wants one. Kept in the app’s secret storage, on this device only.',
    },
    patience: {
      name: 'Seconds to wait',
      desc: 'Give up when nothing comes for so long.',
      wrong: 'Enter a whole number from 10 to 3600.',
    },
    privacy: 'What may be sent',
    privateFolders: {
      name: 'Private folders',
      desc: 'Notes in these are never sent. One folder a line.',
      wrong: 'This is too long.',
    },
    privateTags: {
      name: 'Private tags',
      desc: 'Notes with one of these in a version are never sent, whether in the text or the properties. One tag a line.',
    },
    quickFolders: {
      name: 'Folders without a notice',
      desc: 'For notes in these, “Ask AI” sends at once and does not show first what it sends. One folder a line.',
    },
    test: {
      name: 'Try it',
      desc: 'Sends one fixed sentence, and nothing of your notes.',
      button: 'Try it',
      running: 'Asking…',
      good: (host: string): string => `${host} answers.`,
    },
  },
} as const;
