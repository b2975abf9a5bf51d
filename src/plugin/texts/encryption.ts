import { bytesText, countText } from '../../core/text/words.ts';
import type { ClearReport } from '../service.ts';

const VERSIONS_HOW =
  'Delete them in the provider’s console, or let a lifecycle rule do it that removes noncurrent (or soft-deleted) versions after a day.';

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
    'There is a vault or there are files in this cloud already, which would stay readable beside an encrypted vault. Name an empty bucket or folder; or sync first, and then encrypt the vault here.',
  empty:
    'The cloud is empty. With a passphrase, all that is sent there is sealed first. Without it, and without the recovery key that is shown next, nobody can open it again: not you either.',
  explain: 'The vault in this cloud is not encrypted. It can be encrypted where it lies:',
  steps: [
    'This device syncs. Then a recovery key is shown: write it down.',
    'All is sent once more, encrypted, and read back. This needs room for everything twice, and may be stopped: it goes on from there.',
    'From then on your other devices ask for the passphrase. What was written there stays, and is sent when they have it.',
    'When you have agreed once more, what is not encrypted is removed from the cloud: the old objects and the readable copy.',
  ],
  lost: 'If the passphrase and the recovery key are both lost, nobody can open the cloud again. Your notes on your devices stay what they are.',
  encrypt: 'Encrypt the vault',
  begun:
    'Another device has begun to encrypt this cloud. Enter the passphrase that was chosen there, and this device goes on with it.',
  begunHere:
    'The vault is being encrypted, and that was cut off. What is done stays. Until it is complete your devices sync as before.',
  goOn: 'Go on',
  keepOpen: 'Keep the app open until it is done. Closing this window stops it, and it goes on later.',
  bar: 'Progress of encrypting',
  starting: 'Starting…',
  stop: 'Stop',
  stopped: 'Stopped. Nothing was lost: it goes on from there when you look at “End-to-end encryption” again.',
  sealedNow:
    'The vault is encrypted, and was read back whole. Your other devices ask for the passphrase at their next sync.',
  leftovers:
    'Something that is not encrypted still lies beside the vault: old objects, the readable copy, or other files. What the vault holds as it is there is removed; other files stay, and are named.',
  remove: 'Remove what is not encrypted',
  later: 'Later',
  removed: ({ removed, bytes }: ClearReport): string =>
    `${countText(removed, 'unencrypted object')} removed, ${bytesText(bytes)}.`,
  otherFiles: (count: number): string =>
    `${countText(count, 'file')} stayed, for the vault has no such contents: edited in the bucket meanwhile, or another program’s. Put what you want to keep into the vault, and delete them in the bucket`,
  damaged: (count: number): string =>
    `${countText(count, 'damaged object')} of the history stayed unencrypted. Whole versions in them may still be wanted; delete them in the bucket when not`,
  versions: {
    off: '',
    on: `This bucket keeps versions of what was removed, and they are not encrypted. ${VERSIONS_HOW}`,
    unknown: `If this bucket has versioning or soft delete, what was removed is still kept there unencrypted. ${VERSIONS_HOW}`,
  },
  unfinished: {
    sealing: 'The cloud is not encrypted yet: that was cut off, and waits to go on.',
    clearing: 'The cloud is encrypted, but what lay there before has not been removed yet.',
  },
  changing:
    'Another passphrase opens the same key: nothing is sent again, and devices that have the key go on. Who knew the former passphrase and has a copy of the bucket from then can still read that copy.',
  changed: 'The passphrase is changed. The recovery key stays the same.',
  changedElsewhere:
    'The passphrase was not changed: another device changed it at the same moment, or this cloud has another key. Look which passphrase holds, and try again.',
  notBegun: 'Nothing of this has been begun on this device. Look at “End-to-end encryption” again.',
  syncFirst:
    'This device has not synced with the cloud yet, or it does not answer. Sync first, then encrypt it.',
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
