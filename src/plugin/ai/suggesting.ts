import { draftOf, type DraftPiece, type DraftTexts } from '../../core/conflict/draft.ts';
import { mergeKindOf } from '../../core/merge/mergeable.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { readAnswer } from '../../core/suggestion/answer.ts';
import { isInFolder, whyPrivate, type PrivateReason } from '../../core/suggestion/private-note.ts';
import { requestFor, withAnswers, type SuggestionRequest } from '../../core/suggestion/request.ts';
import type { Random } from '../../engine/ports.ts';
import { TEXTS } from '../texts.ts';
import { checkModelUrl } from './checks.ts';
import type { AiSettings } from './model.ts';
import { SuggestError, type AskOptions, type ModelAddress, type Suggester } from './suggester.ts';

/** What would be sent for a conflict, or why nothing is. Preparing sends nothing. */
export type Prepared =
  | {
      readonly kind: 'ready';
      readonly host: string;
      readonly address: ModelAddress;
      readonly request: Extract<SuggestionRequest, { kind: 'ready' }>;
      readonly pieces: readonly DraftPiece[];
      /** Whether the user wants no notice for this folder. */
      readonly isQuick: boolean;
    }
  | { readonly kind: 'private'; readonly reason: PrivateReason }
  | { readonly kind: 'off' | 'no-key' | 'settled' | 'too-large' };

type Ready = Extract<Prepared, { kind: 'ready' }>;

export interface Suggesting {
  /** Whether an address and a model are set. */
  readonly isOn: boolean;
  prepare(path: VaultPath, texts: DraftTexts): Prepared;
  /** The suggestion: a whole text. Rejects with an Error whose message is for people; stopped ones with `AbortError`. */
  ask(prepared: Ready, options: AskOptions): Promise<string>;
  /** Asks something that is of no note. Rejects as `ask`; resolves with the host. */
  test(signal: AbortSignal): Promise<string>;
}

export interface SuggestingOptions {
  readonly settings: () => AiSettings;
  readonly secret: (name: string) => string | undefined;
  readonly suggester: Suggester;
  readonly random: Random;
}

const SECOND_MS = 1000;
const TEST_MESSAGES = [{ role: 'user', content: 'Answer with the one word: ready' }] as const;

export class ModelSuggesting implements Suggesting {
  readonly #options: SuggestingOptions;

  constructor(options: SuggestingOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    const { url, model } = this.#options.settings();
    return url !== '' && model !== '' && checkModelUrl(url) === undefined;
  }

  prepare(path: VaultPath, texts: DraftTexts): Prepared {
    const address = this.#address();
    if (typeof address === 'string') return { kind: address };
    const { privateFolders, privateTags, quickFolders } = this.#options.settings();
    const all = [texts.note, texts.copy, ...(texts.base === undefined ? [] : [texts.base])];
    const reason = whyPrivate(path, all, { folders: privateFolders, tags: privateTags });
    if (reason !== undefined) return { kind: 'private', reason };
    const pieces = draftOf(texts, mergeKindOf(path));
    const request = requestFor(pieces, this.#options.random);
    if (request.kind !== 'ready') return { kind: request.kind };
    const isQuick = quickFolders.some((folder) => isInFolder(path, folder));
    return { kind: 'ready', host: hostOf(address), address, request, pieces, isQuick };
  }

  async ask({ address, request, pieces }: Ready, options: AskOptions): Promise<string> {
    const answer = await this.#asked(address, request.messages, options);
    const read = readAnswer(answer, request);
    if (read.kind === 'unusable') throw new Error(TEXTS.ai.unusable[read.why]);
    return withAnswers(pieces, read.texts);
  }

  async test(signal: AbortSignal): Promise<string> {
    const address = this.#address();
    if (address === 'off') throw new Error(TEXTS.ai.off);
    if (address === 'no-key') throw new Error(TEXTS.ai.noKey);
    await this.#asked(address, TEST_MESSAGES, { signal, onText: () => undefined });
    return hostOf(address);
  }

  #address(): ModelAddress | 'off' | 'no-key' {
    if (!this.isOn) return 'off';
    const { url, model, keySecret, patienceSeconds } = this.#options.settings();
    const key = keySecret === '' ? undefined : this.#options.secret(keySecret);
    if (keySecret !== '' && (key === undefined || key === '')) return 'no-key';
    return { url, model, key: key?.trim(), patienceMs: patienceSeconds * SECOND_MS };
  }

  async #asked(
    address: ModelAddress,
    messages: Ready['request']['messages'],
    options: AskOptions,
  ): Promise<string> {
    try {
      return await this.#options.suggester.ask(address, messages, options);
    } catch (error) {
      if (!(error instanceof SuggestError)) throw error;
      throw new Error(TEXTS.ai.failure(error.kind, hostOf(address), withoutKey(error.detail, address)), {
        cause: error,
      });
    }
  }
}

function hostOf({ url }: ModelAddress): string {
  return new URL(url).host;
}

/** A server may say back what it was sent. */
function withoutKey(text: string, { key }: ModelAddress): string {
  return key === undefined || key === '' ? text : text.replaceAll(key, '…');
}
