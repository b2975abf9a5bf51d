import type { Settings } from '../settings/model.ts';
import { countText } from '../../core/text/words.ts';

const CONFLICTS: Readonly<Record<Settings['conflicts'], string>> = {
  ask: 'Ask me',
  merge: 'Merge what is safe, else ask me',
  'keep-both': 'Keep both',
  newest: 'The newest wins, the other stays in history',
};

const KINDS: Readonly<Record<Settings['cloudKind'], string>> = {
  s3: 'S3 and compatible',
  azure: 'Azure Blob storage',
  gcs: 'Google Cloud storage',
};

export const SETTINGS_TEXTS = {
  status: { name: 'Status', sync: 'Sync now', preview: 'Preview' },
  cloud: {
    name: 'Cloud',
    desc: 'The bucket that keeps this vault.',
    unset: 'Not set up',
    unsaved: 'Not saved yet',
    keys: 'Keys',
    cloudKind: {
      name: 'Kind of cloud',
      desc: 'Where the bucket is. What you enter for one kind stays when you look at another.',
      options: KINDS,
    },
    address: {
      placeholder: 'https://',
      notUrl:
        'This is no address. It begins with https:// and ends after the host, as https://s3.example.com.',
      path: 'Only scheme and host belong here. The bucket and the folder have settings of their own.',
      credentials: 'No name and no password belong in an address.',
      insecure:
        'With http everyone on the way can read the notes. Use https, or an address in your own network.',
    },
    s3: {
      heading: 'Bucket',
      service: {
        name: 'Service',
        options: {
          amazon: 'Amazon S3',
          r2: 'Cloudflare R2',
          b2: 'Backblaze B2',
          minio: 'MinIO',
          wasabi: 'Wasabi',
          other: 'Another',
        },
        hints: {
          amazon: 'Fills in what is known of it below. The region is that of the bucket.',
          r2: 'Copy the endpoint from the bucket’s settings, without the bucket at its end. The region is auto.',
          b2: 'It has no conditional writes, by which two devices that write at once are kept apart: the check will say that it cannot keep a vault. Copy the endpoint from the bucket; its second part is the region.',
          minio: 'The address of your own server. Use a release of late 2025 or newer.',
          wasabi:
            'In another region the endpoint is https://s3.eu-central-1.wasabisys.com, say, with that region. The check finds out whether it can keep a vault.',
          other: 'Any server that speaks S3 and has conditional writes, which the check finds out.',
        },
      },
      endpoint: {
        name: 'Endpoint',
        desc: 'The address of the service, as its console shows it. Empty for Amazon.',
      },
      bucket: {
        name: 'Bucket',
        desc: 'Create it in the cloud’s console first; it may be empty or hold your files.',
        wrong:
          'A bucket’s name has 3 to 255 letters, digits, dots, hyphens and underscores, and neither slash nor blank.',
      },
      region: {
        name: 'Region',
        desc: 'As the console shows it, as us-east-1. Some services want auto.',
        wrong: 'A region has lower-case letters, digits and hyphens.',
      },
      prefix: {
        name: 'Folder in the bucket',
        desc: 'Empty for the whole bucket. Two vaults in one bucket need a folder each.',
        wrong: 'A folder has names parted by slashes, and no empty name, “.” or “..”.',
      },
      pathStyle: {
        name: 'Path-style addresses',
        desc: 'For servers that do not have a host name for each bucket, as most that you run yourself.',
      },
      accessKeySecret: { name: 'Access key', desc: 'Kept in the app’s secret storage, on this device only.' },
      secretKeySecret: { name: 'Secret key', desc: 'Kept in the app’s secret storage, on this device only.' },
    },
    azure: {
      heading: 'Container',
      account: {
        name: 'Storage account',
        desc: 'Its name, as the portal shows it.',
        wrong: 'A storage account’s name has 3 to 24 lower-case letters and digits. It is no address.',
      },
      container: {
        name: 'Container',
        desc: 'Create it in the portal first, without public access; it may be empty or hold your files.',
        wrong:
          'A container’s name has 3 to 63 lower-case letters, digits and single hyphens, and neither slash nor blank.',
      },
      prefix: {
        name: 'Folder in the container',
        desc: 'Empty for the whole container. Two vaults in one container need a folder each.',
      },
      endpoint: {
        name: 'Endpoint',
        desc: 'Empty for Azure’s own. Else the blob service’s address, as of a national cloud or an emulator.',
      },
      keySecret: {
        name: 'Key',
        desc: 'One of three: the account key, a signature (SAS, the token or its whole address), or the connection string. Kept in the app’s secret storage, on this device only.',
      },
    },
    gcs: {
      heading: 'Bucket',
      bucket: {
        name: 'Bucket',
        desc: 'Create it in Google’s console first, in one region and without public access.',
        wrong:
          'A bucket’s name has 3 to 222 lower-case letters, digits, dots, hyphens and underscores, and neither slash nor blank.',
      },
      prefix: {
        name: 'Folder in the bucket',
        desc: 'Empty for the whole bucket. Two vaults in one bucket need a folder each.',
      },
      endpoint: { name: 'Endpoint', desc: 'Empty for Google’s own.' },
      keySecret: {
        name: 'Service account key',
        desc: 'All of the text of the JSON key file of a service account that may read and write objects in this bucket. Kept in the app’s secret storage, on this device only.',
      },
    },
    tooLong: 'This is too long.',
    save: {
      name: 'Use this cloud',
      dirty: 'The changes above are not in use yet.',
      clean: 'Everything above is in use.',
      missing: (what: string): string => `Still missing: ${what}.`,
      invalid: (what: string): string => `Mend this first: ${what}.`,
      button: 'Save and check',
      check: 'Check connection',
      discard: 'Discard changes',
    },
    link: {
      name: 'Set up another device',
      desc: 'A link that carries all of this but the keys.',
      button: 'Copy setup link',
    },
  },
  device: {
    heading: 'This device',
    name: {
      name: 'Device name',
      desc: 'Shown in the history and in the names of conflict copies.',
      empty: 'Give this device a name, so that you can tell where an edit came from.',
      wrong: 'A device’s name has at most 60 characters.',
    },
    paused: { name: 'Pause syncing', desc: 'Nothing is sent or received on this device until you resume.' },
  },
  sync: {
    heading: 'When to sync',
    onStart: { name: 'Sync on start', desc: 'Once the app has opened the vault.' },
    afterEdit: { name: 'Sync after an edit', desc: 'As soon as you stop typing for a moment.' },
    interval: {
      name: 'Minutes between syncs',
      desc: 'How often to look for changes of other devices. 0 for never.',
      wrong: 'Enter a whole number from 0 to 1440.',
    },
  },
  files: {
    heading: 'What to sync',
    ignore: {
      name: 'Ignore patterns',
      desc: 'Files and folders that are left alone on this side and in the cloud.',
      count: (count: number): string => (count === 0 ? 'None' : countText(count, 'pattern')),
      button: 'Edit',
      title: 'Ignore patterns',
      explain:
        'One pattern a line, as in .gitignore: “drafts/” is a folder, “*.tmp” is any file that ends so, “!keep.tmp” is an exception. What is ignored is neither sent nor received nor deleted.',
      label: 'Ignore patterns, one a line',
      save: 'Save',
      tooMany: 'There are more than 1,000 patterns. Join some of them.',
      tooLong: (line: number): string => `Line ${String(line)} is longer than 1,000 characters. Shorten it.`,
    },
    dotFolders: {
      name: 'Folders that begin with a dot',
      desc: 'Sync them, too. The app’s own configuration folder is never synced.',
    },
    maxFile: {
      name: 'Largest file (MiB)',
      desc: 'Larger files are listed in the sync log and left alone.',
      wrong: 'Enter a whole number from 1 to 51200.',
    },
    readableCopy: {
      name: 'Readable copy',
      desc: 'Keep every note in the bucket under its own name as well, for other tools to read.',
    },
    conflicts: {
      name: 'When two devices changed a note',
      desc: 'Whatever you select, no text is lost: the other version is a copy in the vault or in the history.',
      options: CONFLICTS,
    },
  },
  danger: {
    heading: 'Danger zone',
    forget: {
      name: 'Forget this cloud on this device',
      desc: 'Removes the connection from this device. No note and nothing in the bucket is deleted.',
      button: 'Forget this cloud',
      title: 'Forget this cloud on this device?',
      explain: (cloud: string): string =>
        `This device will no longer sync with ${cloud}. The notes stay in this vault, and the bucket stays as it is. The keys stay in the app’s secret storage until you delete them there.`,
      later:
        'Other devices go on syncing. To come back, set up the cloud again: the first sync then shows its preview.',
      done: 'This device has forgotten the cloud. Notes and bucket are as they were.',
      unset: 'No cloud is set up on this device.',
    },
  },
} as const;
