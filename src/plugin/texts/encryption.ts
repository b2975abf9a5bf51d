import { bytesText, countText } from '../../core/text/words.ts';
import type { ClearReport } from '../service.ts';

/** What is said about the encryption of the cloud. */
export const ENCRYPTION_TEXTS = {
  name: 'End-to-end encryption',
  desc: 'Seal the notes on this device, so that who keeps the cloud cannot read them.',
  button: 'Look',
  command: 'Encryption of the cloud',
  title: 'Encryption of the cloud',
  looking: 'Looking at the cloud…',
  working: 'One moment…',
  locked:
    'The cloud is encrypted. Give its passphrase: in the settings of Twincloud, at “End-to-end encryption”. What was written here stays, and is sent then.',
  hasKey: 'The cloud is encrypted, and this device has its key.',
  showKey: 'Show the recovery key',
  change: 'Change the passphrase',
  sealed:
    'The cloud is encrypted. Enter its passphrase, or the recovery key in its place. It is not kept: this device keeps the key that it opens, with its other secrets.',
  files:
    'There is a vault or there are files in this cloud already, which would stay readable. Name an empty bucket or folder; or sync first, then encrypt the vault here.',
  empty:
    'The cloud is empty. With a passphrase, all that is sent there is sealed first. Without it, and without the recovery key that is shown next, nobody can open it again: not you either.',
  explain: 'The vault in this cloud is not encrypted. It can be encrypted where it lies:',
  steps: [
    'This device syncs. Then a recovery key is shown: write it down.',
    'All is sent once more, encrypted, and read back. It needs room for everything twice, and may be stopped.',
    'Then your other devices ask for the passphrase. What was written there stays, and is sent when they have it.',
    'When you agree once more, what is not encrypted is removed: old objects and the readable copy.',
  ],
  lost: 'If the passphrase and the recovery key are both lost, nobody can open the cloud again. The notes on your devices stay.',
  encrypt: 'Encrypt the vault',
  begun:
    'Another device has begun to encrypt this cloud. Enter the passphrase that was chosen there to go on with it.',
  begunHere:
    'Encrypting the vault was cut off. What is done stays; until it is complete your devices sync as before.',
  goOn: 'Go on',
  keepOpen: 'Keep the app open. Closing this window stops it; it goes on later.',
  stopped: 'Stopped. Nothing was lost: “End-to-end encryption” goes on from there.',
  sealedNow:
    'The vault is encrypted, and was read back whole. Your other devices now ask for the passphrase.',
  leftovers:
    'Beside it lies what is not encrypted: old objects, the readable copy, or other files. What the vault does not hold as it is there stays, and is named.',
  remove: 'Remove what is not encrypted',
  later: 'Later',
  removed: ({ removed, bytes }: ClearReport): string =>
    `${countText(removed, 'unencrypted object')} removed, ${bytesText(bytes)}.`,
  otherFiles: (count: number): string =>
    `${countText(count, 'file')} stayed: edited in the bucket, or another program’s. Put what you want to keep into the vault, and delete them there`,
  damaged: (count: number): string =>
    `${countText(count, 'damaged object')} of the history stayed unencrypted: delete them in the bucket when nothing of them is wanted`,
  versions: {
    on: 'This bucket keeps versions of what was removed, unencrypted.',
    unknown: 'If this bucket has versioning or soft delete, it keeps what was removed, unencrypted.',
    how: 'Delete them in the provider’s console, or by a lifecycle rule for noncurrent versions.',
  },
  unfinished: {
    sealing: 'The cloud is not encrypted yet: that was cut off.',
    clearing: 'What lay in the cloud unencrypted has not been removed yet.',
  },
  changing:
    'Nothing is sent again, and devices that have the key go on. Who knew the former passphrase and has a copy of the bucket from then can still read that copy.',
  changed: 'The passphrase is changed. The recovery key stays the same.',
  changedElsewhere:
    'The passphrase was not changed, for another device was quicker. Look which one holds, and try again.',
  notBegun: 'This device has no key of this cloud. Look again.',
  syncFirst: 'This device has not synced yet, or the cloud does not answer. Sync first, then encrypt it.',
  withBackups:
    'This vault has backups, which have to be encrypted with it. On a computer the command does that: twincloud encryption on',
  passphrase: 'Passphrase',
  open: 'Open',
  again: 'The same once more',
  begin: 'Encrypt',
  wrong:
    'This is not the passphrase of this cloud, nor its recovery key. Nothing was read or written. Try again.',
  short:
    'Take 10 characters or more: who has the bucket may try millions. Some words that nobody has put together before are best.',
  differ: 'The two passphrases differ.',
  gone: 'The cloud is encrypted, but its key (.twincloud/keys) is gone. Put that object back from the versions of the bucket.',
  otherFirst: 'Another device has encrypted this cloud at the same moment. Enter its passphrase.',
  joined: 'The cloud is open. Syncing.',
  recovery:
    'The recovery key opens the vault when the passphrase is lost. Print it, or write it down, and keep it where nobody else comes.',
  copy: 'Copy',
  copied: 'Recovery key copied. Paste it somewhere safe, and clear the clipboard.',
  kept: 'I have it',
} as const;
