/** What is set about suggestions; part of the plugin's `data.json`. Folders and tags as `whyPrivate` wants them. */
export interface AiSettings {
  /** Empty: off. */
  readonly url: string;
  readonly model: string;
  /** The name of a secret in the app's secret storage; empty: the service wants no key. */
  readonly keySecret: string;
  readonly patienceSeconds: number;
  readonly privateFolders: readonly string[];
  readonly privateTags: readonly string[];
  /** For these, what is sent is not shown first. */
  readonly quickFolders: readonly string[];
}

export const AI_DEFAULTS: AiSettings = {
  url: '',
  model: '',
  keySecret: '',
  patienceSeconds: 120,
  privateFolders: [],
  privateTags: ['private'],
  quickFolders: [],
};

export const AI_LIMITS = { patienceSeconds: { min: 10, max: 3600 }, textLength: 1024, lines: 500 } as const;
