import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { installPackages } from '../apt.mts';
import { hasProgram } from '../servers/processes.mts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium, about 300 MB with what it needs. */
export async function install(): Promise<void> {
  if (!(await hasProgram('chromium'))) await installPackages(['chromium', 'fonts-dejavu-core']);
}

export interface BrowserProfile {
  readonly context: BrowserContext;
  /** Idempotent; forgets all that the pages stored. */
  close(): Promise<void>;
}

/** A browser with a new profile: storage that no other run has seen, on the real disk. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<BrowserProfile> {
  await install();
  const folder = await mkdtemp(join(tmpdir(), 'browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
