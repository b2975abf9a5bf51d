import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { placeLine } from '../../../src/core/suggestion/request.ts';
import { checkModelUrl, checkPatience, folderLines, tagLines } from '../../../src/plugin/ai/checks.ts';
import { AI_DEFAULTS, type AiSettings } from '../../../src/plugin/ai/model.ts';
import { SuggestError, type ModelAddress, type SuggestFailure } from '../../../src/plugin/ai/suggester.ts';
import { ModelSuggesting, type Prepared } from '../../../src/plugin/ai/suggesting.ts';
import { TEXTS } from '../../../src/plugin/texts.ts';

const NONCE = '0123456789abcdef';
const ON = { url: 'http://localhost:11434/v1', model: 'small' };
const TEXT = { base: 'a\nat noon\nb\n', note: 'a\nat nine\nb\n', copy: 'a\nat two\nb\n' };
const NOTE = 'Plans/Trip.md' as VaultPath;
const SIGNAL = new AbortController().signal;

interface Scene {
  readonly suggesting: ModelSuggesting;
  readonly asked: readonly (readonly [ModelAddress, string])[];
}

function scene(
  ai: Partial<AiSettings>,
  answer: () => string = () => '',
  secrets: Record<string, string> = {},
): Scene {
  const asked: (readonly [ModelAddress, string])[] = [];
  const suggesting = new ModelSuggesting({
    settings: () => ({ ...AI_DEFAULTS, ...ai }),
    secret: (name) => secrets[name],
    suggester: {
      ask: async (address, messages) => {
        asked.push([address, messages.map(({ content }) => content).join('\n')]);
        return answer();
      },
    },
    random: { hex: (digits) => NONCE.slice(0, digits), fraction: () => 0 },
  });
  return { suggesting, asked };
}

type Ready = Extract<Prepared, { kind: 'ready' }>;
const ready = ({ suggesting }: Scene): Ready => {
  const prepared = suggesting.prepare(NOTE, TEXT);
  if (prepared.kind !== 'ready') throw new Error(prepared.kind);
  return prepared;
};
const ask = (one: Scene): Promise<string> =>
  one.suggesting.ask(ready(one), { signal: SIGNAL, onText: () => undefined });

describe('suggestions', () => {
  it('[AI1] are off until an address and a model are set', () => {
    for (const ai of [{}, { url: ON.url }, { model: 'small' }]) {
      const { suggesting } = scene(ai);
      expect(suggesting.isOn).toBe(false);
      expect(suggesting.prepare(NOTE, TEXT)).toEqual({ kind: 'off' });
    }
    expect(scene(ON).suggesting.isOn).toBe(true);
  });

  it('[AI2] are off for an address that must not be used, however it came into the settings', async () => {
    const { suggesting, asked } = scene({ ...ON, url: 'http://api.example.com/v1' });
    expect(suggesting.isOn).toBe(false);
    await expect(suggesting.test(SIGNAL)).rejects.toThrow(TEXTS.ai.off);
    expect(asked).toEqual([]);
  });

  it.each([
    'https://api.example.com/v1',
    'http://localhost:11434/v1',
    'http://127.0.0.1:8080/v1/',
    'http://192.168.1.5:8080/v1',
    'http://[::1]:8080/v1',
    'http://nas.local/v1',
    '',
  ])('[AI2] may use %j', (url) => expect(checkModelUrl(url)).toBeUndefined());

  it.each([
    ['api.example.com', TEXTS.ai.settings.url.notUrl],
    ['ftp://example.com', TEXTS.ai.settings.url.notUrl],
    ['http://api.example.com/v1', TEXTS.ai.settings.url.insecure],
    ['http://10.example.com/v1', TEXTS.ai.settings.url.insecure],
    ['http://localhost.example.com', TEXTS.ai.settings.url.insecure],
    ['https://me:pass@example.com/v1', TEXTS.ai.settings.url.credentials],
    ['http://localhost@example.com/v1', TEXTS.ai.settings.url.credentials],
    ['https://example.com/v1?key=1', TEXTS.ai.settings.url.query],
  ])('[AI2] may not use %j', (url, message) => expect(checkModelUrl(url)).toBe(message));

  it('say when the key is not on this device, and take it from nowhere but the secret storage', () => {
    expect(scene({ ...ON, keySecret: 'mine' }).suggesting.prepare(NOTE, TEXT)).toEqual({ kind: 'no-key' });
    const { address } = ready(scene({ ...ON, keySecret: 'mine' }, undefined, { mine: ' sk-1\n' }));
    expect(address.key).toBe('sk-1');
    expect(ready(scene(ON)).address.key).toBeUndefined();
  });

  it('[AI4] are not asked about a private note, by its folder or by a tag in any version', () => {
    const ai = { ...ON, privateFolders: ['Plans'], quickFolders: ['Plans'] };
    expect(scene(ai).suggesting.prepare(NOTE, TEXT).kind).toBe('private');
    for (const which of ['base', 'note', 'copy'] as const) {
      const texts = { ...TEXT, [which]: `${TEXT[which]}#private\n` };
      expect(scene(ON).suggesting.prepare(NOTE, texts).kind).toBe('private');
    }
  });

  it('[AI3] are prepared without being asked, and ask for no notice only in the folders that say so', () => {
    const one = scene({ ...ON, quickFolders: ['Other', 'plans'] });
    expect(ready(one)).toMatchObject({ isQuick: true, host: 'localhost:11434' });
    expect(ready(scene(ON)).isQuick).toBe(false);
    expect(one.asked).toEqual([]);
  });

  it('[AI5] send what was prepared: no path, and nothing else', async () => {
    const one = scene(ON, () =>
      [placeLine(NONCE, '1'), 'at nine or two', placeLine(NONCE, 'end')].join('\n'),
    );
    const prepared = ready(one);
    expect(await ask(one)).toBe('a\nat nine or two\nb\n');
    expect(one.asked).toHaveLength(1);
    expect(one.asked[0]?.[1]).toBe(prepared.request.messages.map(({ content }) => content).join('\n'));
    expect(one.asked[0]?.[1]).not.toContain('Trip');
  });

  it('[AI13] say what is wrong with an answer that cannot be used', async () => {
    await expect(ask(scene(ON, () => ' '))).rejects.toThrow(TEXTS.ai.unusable.empty);
    await expect(ask(scene(ON, () => `@@${NONCE} 1@@\nat ni`))).rejects.toThrow(TEXTS.ai.unusable.garbled);
    await expect(ask(scene(ON, () => `@@${NONCE} end@@`))).rejects.toThrow(TEXTS.ai.unusable.incomplete);
  });

  it('[AI13] say what each failure means, where it was, and that the note is as it was', async () => {
    const early = ['unreachable', 'timeout', 'stalled', 'redirected', 'unauthorized', 'no-model'] as const;
    const late = ['rate-limited', 'too-long', 'rejected', 'server', 'no-api', 'broken'] as const;
    const answered = ['cut-off', 'refused', 'empty', 'too-much'] as const;
    const kinds: readonly SuggestFailure[] = [...early, ...late, ...answered];
    const said = await Promise.all(
      kinds.map(async (kind) => {
        const fails = (): never => {
          throw new SuggestError(kind, { detail: 'said so, about sk-1' });
        };
        const one = scene({ ...ON, keySecret: 'mine' }, fails, { mine: 'sk-1' });
        return ask(one).then(String, (error: unknown) => (error as Error).message);
      }),
    );
    expect(new Set(said).size).toBe(kinds.length);
    for (const text of said) {
      expect(text).toMatch(/It says: “said so, about …” The note is as it was\.$/u);
      expect(text).not.toContain('sk-1');
    }
  });

  it('whatever a model answers, end in a text or in an Error for people', async () => {
    const part = fc.constantFrom(
      '@@',
      NONCE,
      ' 1@@',
      ' end@@',
      '\n',
      'at',
      '```',
      '<think>',
      '</think>',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
        const text = await ask(scene(ON, () => parts.join(''))).catch((error: unknown) => {
          expect(Object.values(TEXTS.ai.unusable)).toContain((error as Error).message);
          return 'a\nb\n';
        });
        expect(text.startsWith('a\n') && text.endsWith('b\n')).toBe(true);
        expect(text).not.toContain(NONCE);
      }),
    );
  });
});

it('folders and tags are typed a line each, with or without their marks', () => {
  expect(folderLines(' /Diary/ \n\nWork/Clients\r\n/\n')).toEqual(['Diary', 'Work/Clients']);
  expect(tagLines('#private\nwork/\n #\n')).toEqual(['private', 'work']);
  expect([10, 120, 3600].map(checkPatience)).toEqual([undefined, undefined, undefined]);
  expect([9, 1.5, 3601].map(checkPatience)).toEqual(Array(3).fill(TEXTS.ai.settings.patience.wrong));
});
