import { CONFLICT_STRATEGIES } from '../../engine/api.ts';
import { aiControls, type AiControlKey } from '../ai/controls.ts';
import type { SyncService } from '../service.ts';
import type { CloudDraft } from './cloud-draft.ts';
import { TEXT_KEYS, type CloudTextKey } from './cloud-fields.ts';
import { CLOUD_KINDS, type CloudSettings, type Settings } from './model.ts';
import { S3_SERVICES } from './s3-services.ts';

/** Where the value of a control is kept. */
interface Control {
  get(): unknown;
  set(value: unknown): void | Promise<void>;
}

type PlainKey = Exclude<keyof Settings, keyof CloudSettings | 'backups' | 'ignore' | 'ai'>;
export type ControlKey =
  | PlainKey
  | AiControlKey
  | CloudTextKey
  | 'cloudKind'
  | 's3.service'
  | 's3.pathStyle'
  | 'deviceName'
  | 'paused';

/** A control for each key: the cloud's go into the draft, the device's to the device, all others are saved at once. */
export function controlsOf(service: SyncService, draft: CloudDraft): Readonly<Record<ControlKey, Control>> {
  const plain = (key: PlainKey, isValue: (value: unknown) => boolean): Control => ({
    get: () => service.settings[key],
    set: async (value) => {
      if (isValue(value)) await service.changeSettings({ [key]: value });
    },
  });
  const cloudText = (key: CloudTextKey): Control => ({
    get: () => draft.text(key),
    set: (value) => {
      if (typeof value === 'string') draft.set(key, value);
    },
  });
  return {
    ...(Object.fromEntries(TEXT_KEYS.map((key) => [key, cloudText(key)])) as Record<CloudTextKey, Control>),
    cloudKind: {
      get: () => draft.kind,
      set: (value) => {
        const kind = CLOUD_KINDS.find((one) => one === value);
        if (kind !== undefined) draft.setKind(kind);
      },
    },
    's3.service': {
      get: () => draft.service,
      set: (value) => {
        const service = S3_SERVICES.find((one) => one === value);
        if (service !== undefined) draft.setService(service);
      },
    },
    's3.pathStyle': {
      get: () => draft.get('s3.pathStyle'),
      set: (value) => draft.set('s3.pathStyle', value === true),
    },
    deviceName: {
      get: () => service.device.name,
      set: (value) => {
        if (typeof value === 'string') service.renameDevice(value.trim());
      },
    },
    paused: { get: () => service.device.paused, set: (value) => service.setPaused(value === true) },
    dotFolders: plain('dotFolders', isFlag),
    readableCopy: plain('readableCopy', isFlag),
    syncOnStart: plain('syncOnStart', isFlag),
    syncAfterEdit: plain('syncAfterEdit', isFlag),
    conflicts: plain('conflicts', (value) => CONFLICT_STRATEGIES.some((strategy) => strategy === value)),
    intervalMinutes: plain('intervalMinutes', isNumber),
    maxFileMiB: plain('maxFileMiB', isNumber),
    ...aiControls(service),
  };
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
