import { Notice } from 'obsidian';
import { decodeSetupLink, encodeSetupLink, SETUP_ACTION, type SetupLink } from '../setup-link.ts';
import { hasCloud } from '../settings/cloud.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import type { Ui } from '../ui-context.ts';

/** Answers `obsidian://twincloud-setup`: nothing is used before a person has confirmed it. */
export function registerSetupLink(ui: Ui): void {
  ui.plugin.registerObsidianProtocolHandler(SETUP_ACTION, (parameters) => {
    const link = decodeSetupLink(parameters);
    if (link.kind === 'link') ui.open.setupLink(link.items);
    else new Notice(TEXTS.setupLink.refused(reasonOf(link)), 0);
  });
}

/** Copies the link that sets up another device as this one is, without the keys. */
export async function copySetupLink({ service, open }: Ui): Promise<void> {
  if (!hasCloud(service.settings)) {
    new Notice(TEXTS.setupLink.unset);
    return;
  }
  const link = encodeSetupLink(service.settings);
  try {
    await activeWindow.navigator.clipboard.writeText(link);
    new Notice(TEXTS.setupLink.copied);
  } catch {
    // A notice goes when it is clicked: nothing can be selected in it.
    open.copyLink(link);
  }
}

function reasonOf({ why, part }: Extract<SetupLink, { readonly kind: 'refused' }>): string {
  switch (why) {
    case 'version':
      return TEXTS.setupLink.wrongVersion;
    case 'no-cloud':
      return TEXTS.setupLink.noCloud;
    case 'wrong':
      return TEXTS.setupLink.wrong(plainText(part));
  }
}
