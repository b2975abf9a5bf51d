import { EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { countText } from '../../core/text/words.ts';
import { agoText } from '../output/human.mts';
import { showHeld, showProblems } from '../output/report-text.mts';
import { nodeClock } from '../platform/clock.mts';
import { remoteName } from '../remote.mts';
import { openLook } from '../look.mts';
import { showBackups } from './backup.mts';

/** What this device remembers; also while another process syncs the vault. */
export async function status(context: Context): Promise<ExitCode> {
  const look = await openLook(context);
  try {
    const report = await look.engine.status();
    const { config, remote } = look.setup;
    const { console } = context;
    console.json({ vault: config.vault, remote: config.remote, ...report });
    console.line(`Vault:   ${console.name(config.vault)}`);
    console.line(`Cloud:   ${console.name(remoteName(remote))}`);
    if (report.primary !== undefined)
      console.line(`         now the backup "${report.primary}", which was promoted`);
    console.line(`Device:  ${console.name(config.device.name)} (${config.device.id})`);
    const nowMs = nodeClock.now();
    const { observed, lastSyncMs, lastAuditMs } = report;
    if (observed === undefined) {
      console.line('Synced:  never yet');
      return EXIT.done;
    }
    const last = lastSyncMs === undefined ? 'a run was cut short' : agoText(lastSyncMs, nowMs);
    console.line(
      `Synced:  ${last}, ${countText(report.files, 'file')}, commit ${observed.commit} (number ${String(observed.generation)})`,
    );
    console.line(`Checked: ${lastAuditMs === undefined ? 'never yet' : agoText(lastAuditMs, nowMs)}`);
    if (report.pendingReadable > 0)
      console.line(`Readable copies still to be written: ${String(report.pendingReadable)}`);
    showBackups(console, report.backups);
    showProblems(console, report.problems);
    showHeld(console, report.held);
    return report.held.length > 0 ? EXIT.attention : EXIT.done;
  } finally {
    await look.close();
  }
}
