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
  sealed:
    'The cloud is encrypted. Enter its passphrase, or the recovery key in its place. It is not kept: this device keeps the key that it opens, with its other secrets.',
  plain:
    'The vault in this cloud is not encrypted. To encrypt it, run this on a computer, and then give the passphrase here: twincloud encryption on',
  files:
    'There are files in this cloud already, which would stay readable beside an encrypted vault. Name an empty bucket or folder, or sync first and run on a computer: twincloud encryption on',
  empty:
    'The cloud is empty. With a passphrase, all that is sent there is sealed first. Without it, and without the recovery key that is shown next, nobody can open it again: not you either.',
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
