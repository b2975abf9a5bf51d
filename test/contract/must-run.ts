import * as v from 'valibot';
import listed from './must-run.json' with { type: 'json' };

const SubjectsByPort = v.record(v.string(), v.array(v.string()));

/** Ports with a contract, and the subjects of each that no run in CI may leave out. */
export const mustRunByPort: Readonly<Record<string, readonly string[]>> = v.parse(SubjectsByPort, listed);

/**
 * Whether a subject whose server does not start fails the run (`CI=true`) instead of being skipped.
 * Throws on a subject that `must-run.json` does not list: a mistyped name would be skipped for ever.
 */
export function mustRun(port: string, subject: string, env: NodeJS.ProcessEnv = process.env): boolean {
  if (mustRunByPort[port]?.includes(subject) !== true) {
    throw new Error(`test/contract/must-run.json lists no subject "${subject}" of the port "${port}"`);
  }
  return env['CI'] === 'true';
}
