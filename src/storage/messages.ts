import type { StoreError, StoreErrorDetails, StoreErrorKind } from './store-error.ts';

/** For a person: what is wrong, and what to do about it. Whole sentences. */
export interface StoreMessage {
  readonly message: string;
  readonly remedy: string;
}

/** The one place where errors of a store become words. */
export function describeStoreError(error: StoreError): StoreMessage {
  const { provider, reason, key, detail } = error.details;
  const own = provider === 'gcs' ? GCS : undefined;
  const text = reason === undefined ? undefined : (own?.[reason] ?? BY_REASON[reason])(error.details);
  const { message, remedy } = text ?? certificateText(error) ?? BY_KIND[error.kind](error.details);
  const about = reason === 'no-bucket' || key === undefined ? '' : ` (object: ${key})`;
  // The provider's words help where ours have to stay vague.
  const isVague =
    VAGUE.has(error.kind) ||
    reason === 'account-closed' ||
    (own !== undefined && error.kind === 'denied' && reason === undefined);
  const said = isVague && detail !== undefined ? ` It said: ${ended(detail)}` : '';
  return { message: message.replace(/\.$/u, `${about}.`) + said, remedy };
}

type Reason = NonNullable<StoreErrorDetails['reason']>;
type Describe = (details: StoreErrorDetails) => StoreMessage;

const VAGUE: ReadonlySet<StoreErrorKind> = new Set(['unavailable', 'unsupported', 'unexpected', 'corrupt']);

const BY_REASON: Readonly<Record<Reason, Describe>> = {
  'clock-skew': () => ({
    message: 'The cloud refuses the request because the clock of this device is off.',
    remedy: 'Set the date, time and time zone of this device to automatic, then try again.',
  }),
  'no-key': ({ detail }) => ({
    message: 'There is no key for this cloud.',
    remedy: detail === undefined ? 'Give the access key id and the secret.' : ended(detail),
  }),
  'expired-key': () => ({
    message: 'The temporary key has expired.',
    remedy: 'Get a new one where you got it (sign on again, say), then start again.',
  }),
  'wrong-key': () => ({
    message: 'The cloud does not know this access key.',
    remedy:
      'Copy the access key id again from the cloud’s console, without spaces; it may have been deleted there.',
  }),
  'wrong-secret': ({ provider }) =>
    provider === 'azure'
      ? {
          message: 'Azure does not accept this account key or signature.',
          remedy: 'Copy the account key (or the SAS, whole) again from the storage account in the portal.',
        }
      : {
          message: 'The secret does not belong to this access key.',
          remedy: 'Copy the secret key again. If it cannot be shown any more, make a new pair of keys.',
        },
  'wrong-region': () => ({
    message: 'The bucket is in another region than the settings say.',
    remedy: 'Look up the bucket’s region in the cloud’s console and set it here.',
  }),
  'no-bucket': ({ provider }) =>
    provider === 'azure'
      ? {
          message: 'There is no container of this name.',
          remedy:
            'Check the spelling of the container and the account, or create the container in the portal.',
        }
      : {
          message: 'There is no bucket of this name.',
          remedy:
            'Check the spelling of the bucket and the endpoint, or create the bucket in the cloud’s console.',
        },
  forbidden: ({ provider }) =>
    provider === 'folder'
      ? {
          message: 'The folder may not be read or written.',
          remedy:
            'Give this user read and write rights on the folder and all in it; a disk may be mounted read-only.',
        }
      : {
          message: 'The key is right, but it has no right to do this.',
          remedy:
            provider === 'azure'
              ? 'Give a signature (SAS) the rights to read, add, create, write, delete and list; if it has them, look whether the storage account’s network rules let this device in.'
              : 'Give the key the rights to list, read, write and delete objects in this bucket.',
        },
  'account-closed': () => ({
    message: 'The account of this cloud is disabled or closed.',
    remedy:
      'Sign in to the cloud’s console: a bill may be open, or the account was suspended. Syncing goes on by itself once it is open again.',
  }),
  'not-sealed': () => ({
    message: 'This device knows the vault as encrypted, but what the cloud holds is not.',
    remedy:
      'Nothing was sent there. If it was away when the vault was encrypted, run `twincloud encryption on` again. Else look whether an old state of the cloud was put in place, and ask who writes to this bucket beside you.',
  }),
  'broken-seal': () => ({
    message: 'An encrypted object does not open: it was cut, changed or swapped, or made with another key.',
    remedy:
      'Run `twincloud verify` on a device that has the notes: it repairs what another copy still has. Where nothing opens, this is the cloud of another vault, or the recovery key of another.',
  }),
};

/** The words of Node, of its TLS library and of Chromium for a certificate that they do not believe. */
const CERTIFICATES: readonly (readonly [words: RegExp, what: string])[] = [
  [/CERT_HAS_EXPIRED|CERT_DATE_INVALID|CERT_NOT_YET_VALID/u, 'has expired, or is not valid yet'],
  [/CERT_ALTNAME_INVALID|CERT_COMMON_NAME_INVALID/u, 'is for another host name'],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)|CERT_AUTHORITY_INVALID|CERT_UNTRUSTED/u,
    'was made by somebody whom this device does not know',
  ],
  [/\bCERT_|ERR_TLS_CERT/u, 'is not valid'],
];

/** Whoever has no such certificate may stand between device and cloud: nothing is sent there, and nobody is told to look away. */
function certificateText({ kind, details }: StoreError): StoreMessage | undefined {
  const { detail = '' } = details;
  const found = kind === 'unavailable' ? CERTIFICATES.find(([words]) => words.test(detail)) : undefined;
  if (found === undefined) return undefined;
  return {
    message: `The cloud’s server is not trusted: its certificate ${found[1]}.`,
    remedy:
      'Check the endpoint’s address and this device’s date, and whether the network wants you to log in first. On a server of your own, renew the certificate, or make its authority known to this device.',
  };
}

const NEW_GOOGLE_KEY =
  'Make a new JSON key for the service account in Google’s console, and put it in the place of the old one.';

/** Google's keys are files, and its rights are roles. */
const GCS: Readonly<Partial<Record<Reason, Describe>>> = {
  'expired-key': () => ({
    message: 'Google does not take this key any more.',
    remedy: `It may have been deleted, or the sign-on revoked. ${NEW_GOOGLE_KEY}`,
  }),
  'wrong-key': () => ({
    message: 'Google does not know this key: it, or its service account, was deleted or disabled.',
    remedy: NEW_GOOGLE_KEY,
  }),
  'wrong-secret': () => ({
    message: 'The private key in the key file is damaged, or was deleted in Google’s console.',
    remedy: NEW_GOOGLE_KEY,
  }),
  forbidden: () => ({
    message: 'The key is right, but it has no right to do this.',
    remedy: 'Give the service account the role Storage Object Admin (or Storage Object User) on this bucket.',
  }),
};

const BY_KIND: Readonly<Record<StoreErrorKind, Describe>> = {
  'not-found': () => ({
    message: 'The cloud has no such object.',
    remedy: 'If nobody deleted it there, run a check of the cloud (verify).',
  }),
  conflict: () => ({
    message: 'Another device wrote at the same moment.',
    remedy: 'Nothing is lost; the next sync takes both into account.',
  }),
  denied: () => ({
    message: 'The cloud refuses access.',
    remedy: 'Check the keys in the settings and their rights in the cloud’s console.',
  }),
  quota: ({ provider }) => ({
    message: provider === 'folder' ? 'The disk is full.' : 'The cloud’s storage is used up.',
    remedy: 'Free some space there, or raise the limit; syncing then goes on by itself.',
  }),
  'rate-limited': () => ({
    message: 'The cloud asks for fewer requests at a time.',
    remedy: 'Nothing needs to be done: it is tried again, more slowly.',
  }),
  unavailable: ({ provider }) =>
    provider === 'folder'
      ? {
          message: 'The folder cannot be reached.',
          remedy: 'Connect and mount its disk, or check the path in the settings.',
        }
      : {
          message: 'The cloud cannot be reached.',
          remedy:
            provider === 'azure'
              ? 'Check the network connection and the account’s name, which is part of the address; a proxy or firewall may be in the way.'
              : 'Check the network connection and the endpoint’s address; a proxy or firewall may be in the way.',
        },
  corrupt: () => ({
    message: 'What the cloud sent is damaged or incomplete.',
    remedy:
      'Try again. If it stays so, run a check of the cloud (verify): it repairs what another copy still has.',
  }),
  aborted: () => ({
    message: 'The request was stopped.',
    remedy: 'Start it again when you like; what was finished stays finished.',
  }),
  unsupported: () => ({
    message: 'This cloud cannot do what is asked of it.',
    remedy: 'Use another cloud, or change the setting that needs it.',
  }),
  unexpected: () => ({
    message: 'The cloud gave an answer that is not understood.',
    remedy: 'Try again later; if it stays so, report it with the log.',
  }),
};

function ended(sentence: string): string {
  return /[.!?]$/u.test(sentence) ? sentence : `${sentence}.`;
}
