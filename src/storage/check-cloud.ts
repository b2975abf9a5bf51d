import { checkConnection, type CheckOptions, type Finding } from './check-connection.ts';
import type { ObjectStore } from './object-store.ts';

/** As `detectConditionForm` has them. */
type Form = 'quoted' | 'bare';

export interface OpenedCloud {
  /** As a sync would use it, with all its wrappers. */
  readonly store: ObjectStore;
  /** The provider's own, inside: wrappers pass on the port alone. */
  readonly bare: ObjectStore;
}

export interface CheckedCloud {
  readonly findings: readonly Finding[];
  /** The form of conditions that the findings are of. */
  readonly form: Form;
}

/**
 * The connection check of a cloud of any kind, for every shell: in the first of `forms` in which the server
 * keeps conditions, else in the first. `open` gives a store that sends its conditions so; it is closed here.
 * Rejects only with `aborted`, and with what `open` rejects with.
 */
export async function checkCloud(
  open: (form: Form) => OpenedCloud | Promise<OpenedCloud>,
  forms: readonly [Form, ...Form[]],
  options: CheckOptions,
): Promise<CheckedCloud> {
  let first: CheckedCloud | undefined;
  for (const form of forms) {
    const { store, bare } = await open(form);
    const checked = {
      form,
      findings: await checkConnection(store, { ...options, bare }).finally(() => store.close()),
    };
    if (!needsOtherForm(checked.findings)) return checked;
    first ??= checked;
  }
  return first ?? { form: forms[0], findings: [] };
}

/** Another form would change nothing about what failed before conditions were looked at. */
function needsOtherForm(findings: readonly Finding[]): boolean {
  return findings.some(({ check, state }) => check === 'conditions' && state === 'warning');
}
