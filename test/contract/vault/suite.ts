import { afterEach, beforeEach, describe } from 'vitest';
import { listAndRead } from './list-and-read.ts';
import { moveAndTrash } from './move-and-trash.ts';
import { stageAndInstall } from './stage-and-install.ts';
import type { VaultSubject } from './subject.ts';

/** What every vault must do: the rules [VA…] of docs/spec/device.md. */
export function vaultContract(name: string, makeSubject: () => Promise<VaultSubject>): void {
  describe(`${name}: the vault's contract`, () => {
    let subject: VaultSubject | undefined;

    beforeEach(async () => {
      subject = await makeSubject();
    });

    afterEach(async () => {
      await subject?.dispose();
    });

    const current = (): VaultSubject => {
      if (subject === undefined) throw new Error('there is a subject in every test');
      return subject;
    };
    listAndRead(current);
    stageAndInstall(current);
    moveAndTrash(current);
  });
}
