import type { ObjectStore } from '../object-store.ts';
import { probeConditions, type ProbeOptions, type ProbeResult } from '../probe.ts';
import type { ConditionForm } from './etag.ts';

export interface DetectedForm {
  readonly form: ConditionForm;
  /** What the probe found with that form; with `none`, what stood against the last one tried. */
  readonly probe: ProbeResult;
}

/**
 * Which form of `If-Match` this server keeps. The standard's is tried first; a server that wants it
 * bare (Ceph 16) refuses every quoted tag, right ones too, so neither form can pass for the other.
 * One that ignores conditions is not asked again. `open` gives a store that sends tags in that form;
 * it is closed after its turn. Rejects where the server cannot be asked.
 */
export async function detectConditionForm(
  open: (form: 'quoted' | 'bare') => ObjectStore | Promise<ObjectStore>,
  options: ProbeOptions,
): Promise<DetectedForm> {
  const quoted = await probeForm(open, 'quoted', options);
  if (quoted.conditions === 'honoured') return { form: 'quoted', probe: quoted };
  if (quoted.conditions === 'ignored') return { form: 'none', probe: quoted };
  const bare = await probeForm(open, 'bare', options);
  return { form: bare.conditions === 'honoured' ? 'bare' : 'none', probe: bare };
}

async function probeForm(
  open: (form: 'quoted' | 'bare') => ObjectStore | Promise<ObjectStore>,
  form: 'quoted' | 'bare',
  options: ProbeOptions,
): Promise<ProbeResult> {
  const store = await open(form);
  try {
    return await probeConditions(store, options);
  } finally {
    await store.close();
  }
}
