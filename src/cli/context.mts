import { EngineError } from '../engine/api.ts';
import { StateError } from '../engine/ports.ts';
import { describeStoreError } from '../storage/messages.ts';
import { isStoreError } from '../storage/store-error.ts';
import { CliError } from './cli-error.mts';
import type { Console } from './output/console.mts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly vault?: string;
  readonly remote?: string;
  readonly config?: string;
  readonly deviceName?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** `--no-color` sets it to false. */
  readonly color?: boolean;
}

/** What every command is given. */
export interface Context {
  readonly options: GlobalOptions;
  readonly console: Console;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Fires at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** What went wrong, for people and for programs. Only what nobody foresaw shows where it happened. */
export function describeFailure(error: unknown): { readonly kind: string; readonly message: string } {
  const own = causes(error).find((one) => one instanceof CliError);
  if (own !== undefined) return { kind: 'command', message: own.message };
  if (error instanceof EngineError) return { kind: error.kind, message: error.message };
  if (isStoreError(error)) {
    const { message, remedy } = describeStoreError(error);
    return { kind: 'cloud', message: `${message} ${remedy}` };
  }
  if (error instanceof StateError) {
    return {
      kind: 'state',
      message: `What this device remembers cannot be read or written: ${error.message}.`,
    };
  }
  if (!(error instanceof Error)) return { kind: 'unexpected', message: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return { kind: 'system', message: `${error.message}.` };
  return {
    kind: 'unexpected',
    message: `This should not have happened; please report it: ${error.stack ?? error.message}`,
  };
}

/** The error and what caused it, outermost first. */
function causes(error: unknown): Error[] {
  const found: Error[] = [];
  // Ends: an error that causes itself is met twice.
  for (let one = error; one instanceof Error && !found.includes(one); one = one.cause) found.push(one);
  return found;
}

export function wasStopped(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return causes(error).some(
    (one) => one === signal.reason || one.name === 'AbortError' || ('kind' in one && one.kind === 'aborted'),
  );
}
