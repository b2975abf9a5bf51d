import { dollarText, estimate } from '../../core/cost/estimate.ts';
import { PRICES, serviceAt, type Prices } from '../../core/cost/prices.ts';
import { monthOf, requestsIn } from '../../core/cost/usage.ts';
import { bytesText, countText } from '../../core/text/words.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { configFolder } from '../config.mts';
import type { Context } from '../context.mts';
import { parseRemote, remoteName, type RemoteSpec } from '../remote.mts';
import { readUsage, type UsageLine } from '../usage.mts';

export interface CostsOptions {
  readonly month?: string;
  readonly all?: true;
}

/** What this device asked of clouds in a month, and what that costs by list price. */
export function costs(context: Context, { month, all }: CostsOptions): ExitCode {
  const { console, options, env } = context;
  const wanted = month ?? monthOf(Date.now());
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/u.test(wanted))
    throw new CliError(`"${wanted}" is no month: write it as 2026-11.`, EXIT.usage);
  const lines = readUsage(configFolder(options.config, env))
    .filter((line) => all === true || line.month === wanted)
    .map((line) => ({ ...line, ...priced(line, context) }));
  console.json({ month: all === true ? undefined : wanted, clouds: lines });
  if (lines.length === 0) {
    console.line(
      all === true ? 'Nothing was asked of a cloud yet.' : `Nothing was asked of a cloud in ${wanted}.`,
    );
    return EXIT.done;
  }
  for (const line of lines) show(context, line);
  console.line();
  console.line(
    'Of this command on this device alone, without the plugin. By list price, without free shares and taxes; an estimate, no bill.',
  );
  return EXIT.done;
}

interface Priced {
  readonly name: string;
  readonly prices?: Prices;
  readonly dollars?: ReturnType<typeof estimate>;
}

function priced({ cloud, usage }: UsageLine, context: Context): Priced {
  const remote = remoteOf(cloud, context);
  if (remote === undefined) return { name: cloud };
  const service = serviceOf(remote);
  if (service === undefined) return { name: remoteName(remote) };
  return { name: remoteName(remote), prices: service, dollars: estimate(usage, service) };
}

/** A configuration from elsewhere may have a remote that is none by now. */
function remoteOf(text: string, context: Context): RemoteSpec | undefined {
  try {
    return parseRemote(text, context);
  } catch {
    return undefined;
  }
}

function serviceOf(remote: RemoteSpec): Prices | undefined {
  if (remote.kind === 'folder') return undefined;
  const own = { s3: 'amazonaws.com', azure: 'core.windows.net', gcs: 'googleapis.com' }[remote.kind];
  const service = serviceAt(remote.endpoint === undefined ? own : new URL(remote.endpoint).hostname);
  return service === undefined ? undefined : PRICES[service];
}

function show({ console }: Context, line: UsageLine & Priced): void {
  const { usage, prices, dollars } = line;
  console.line(`${line.month}  ${console.name(line.name)}`);
  const kinds = `${String(usage.put + usage.copy)} writes, ${String(usage.list)} listings, ${String(usage.get + usage.head)} reads, ${String(usage.delete)} deletions`;
  console.line(`  ${countText(requestsIn(usage), 'request')} (${kinds})`);
  console.line(`  ${bytesText(usage.bytesUp)} sent, ${bytesText(usage.bytesDown)} received`);
  if (prices === undefined || dollars === undefined) {
    console.line('  No prices are known for it.');
    return;
  }
  console.line(
    `  about ${dollarText(dollars.total)} (requests ${dollarText(dollars.requests)}, received ${dollarText(dollars.down)}); what is kept there: $${String(prices.perGbMonth)} a GB and month`,
  );
  const doubt = prices.isUnverified === true ? ', unverified' : '';
  console.line(`  ${prices.service}, ${prices.region}, prices of ${prices.asOf}${doubt}`);
}
