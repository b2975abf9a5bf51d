import { inLanes } from '../lanes.ts';
import { deviceKey, KEY_PREFIXES } from '../../core/format/keys.ts';
import { FORMAT, type Head } from '../../core/model/head.ts';
import type { DeviceSeen } from '../../core/model/tree.ts';
import type { EngineDeps } from '../api.ts';
import { orAbsent, type Cloud } from '../cloud/cloud.ts';
import { listTimed } from '../history/listing.ts';

const DEVICES_AT_ONCE = 8;
/** A record has some 300. */
const MAX_RECORD_BYTES = 64 * 1024;
const NOTHING = new Uint8Array();

/** Writes what this device tells the others of itself: JSON, one line, by itself alone. */
export async function putDeviceRecord(deps: EngineDeps, cloud: Cloud, head: Head): Promise<void> {
  const { id, name } = deps.device;
  const { lineage, commit, generation } = head;
  const timeMs = Math.round(cloud.nowMs());
  const record = { format: FORMAT, device: id, name, lineage, commit, generation, timeMs };
  const body = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
  await cloud.put(deviceKey(id), body, { contentType: 'application/json' });
}

export interface Devices {
  /** Seen times are the server's, of the records as objects. */
  readonly seen: readonly DeviceSeen[];
  readonly serverMs: number | undefined;
}

/** A record that cannot be understood counts as a device that has passed nothing. */
export async function readDevices(cloud: Cloud): Promise<Devices> {
  const { objects, serverMs } = await listTimed(cloud, KEY_PREFIXES.device);
  const seen = await inLanes(
    objects,
    DEVICES_AT_ONCE,
    async ({ key, lastModifiedMs, sizeBytes }): Promise<DeviceSeen | undefined> => {
      const body =
        sizeBytes > MAX_RECORD_BYTES ? NOTHING : await orAbsent(cloud.bytes(key, MAX_RECORD_BYTES));
      return body === undefined ? undefined : { ...passedBy(body), seenMs: lastModifiedMs };
    },
  );
  return { seen: seen.filter((device) => device !== undefined), serverMs };
}

function passedBy(body: Uint8Array): Pick<DeviceSeen, 'lineage' | 'generation'> {
  const nothing = { lineage: '', generation: 0 };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return nothing;
  }
  if (typeof json !== 'object' || json === null) return nothing;
  const { format, lineage, generation } = json as Readonly<Record<string, unknown>>;
  if (format !== FORMAT || typeof lineage !== 'string' || !Number.isSafeInteger(generation)) return nothing;
  return { lineage, generation: generation as number };
}
