import type { Refusal } from '../support/servers/refusing-front.mts';

const DAY_MS = 86_400_000;
const PAGE = '<!DOCTYPE html><html><body><h1>Welcome to the hotel</h1></body></html>';

/** What a cloud answers, and what a person is told then. */
export interface Case {
  readonly name: string;
  readonly answer: Refusal;
  readonly said: RegExp;
}

const html: Case = {
  name: 'a page with 200',
  answer: { status: 200, headers: { 'content-type': 'text/html' }, body: PAGE },
  said: /damaged or incomplete|not understood|a proxy or firewall may be in the way/u,
};

function xml(status: number, code: string, message: string, headers: Record<string, string> = {}): Refusal {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  // Azure's SDK reads its code here, S3's does not look.
  return {
    status,
    body,
    headers: { 'content-type': 'application/xml', 'x-ms-error-code': code, ...headers },
  };
}

function json(
  status: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Refusal {
  const body = JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } });
  return { status, body, headers: { 'content-type': 'application/json', ...headers } };
}

const otherDay = { date: new Date(Date.now() - DAY_MS).toUTCString() };

export const S3: readonly Case[] = [
  {
    name: 'a key that expired',
    answer: xml(400, 'ExpiredToken', 'The token has expired.'),
    said: /temporary key has expired.*Get a new one/u,
  },
  {
    name: 'a key that was revoked',
    answer: xml(403, 'InvalidAccessKeyId', 'Unknown.'),
    said: /does not know this access key.*Copy the access key id/u,
  },
  {
    name: 'a bucket that was deleted',
    answer: xml(404, 'NoSuchBucket', 'Gone.'),
    said: /no bucket of this name.*create the bucket/u,
  },
  {
    name: 'a quota that is full',
    answer: xml(403, 'QuotaExceeded', 'Quota.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'storage that is full',
    answer: xml(507, 'InsufficientStorage', 'Full.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'an account that is closed',
    answer: xml(403, 'AllAccessDisabled', 'All access is disabled.'),
    said: /account of this cloud is disabled.*a bill may be open/u,
  },
  {
    name: 'a clock a day off',
    answer: xml(403, 'RequestTimeTooSkewed', 'Skewed.', otherDay),
    said: /clock of this device is off.*Set the date/u,
  },
  html,
];

export const AZURE: readonly Case[] = [
  {
    name: 'a key that was renewed',
    answer: xml(403, 'AuthenticationFailed', 'Server failed to authenticate the request.'),
    said: /does not accept this account key.*Copy the account key/u,
  },
  {
    name: 'a signature that expired',
    answer: xml(403, 'AuthenticationFailed', 'Signature not valid in the specified time frame.'),
    said: /temporary key has expired.*Get a new one/u,
  },
  {
    name: 'a container that was deleted',
    answer: xml(404, 'ContainerNotFound', 'Gone.'),
    said: /no container of this name.*create the container/u,
  },
  {
    name: 'storage that is full',
    answer: { status: 507 },
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'an account that is disabled',
    answer: xml(403, 'AccountIsDisabled', 'The account is disabled.'),
    said: /account of this cloud is disabled.*a bill may be open/u,
  },
  {
    name: 'missing rights',
    answer: xml(403, 'InsufficientAccountPermissions', 'No.'),
    said: /has no right to do this.*Give a signature/u,
  },
  html,
];

export const GOOGLE: readonly Case[] = [
  {
    name: 'a key that was revoked',
    answer: json(401, 'authError', 'Invalid Credentials'),
    said: /does not take this key any more.*Make a new JSON key/u,
  },
  {
    name: 'a bucket that was deleted',
    answer: json(404, 'notFound', 'The specified bucket does not exist.'),
    said: /no bucket of this name.*create the bucket/u,
  },
  {
    name: 'a quota that is full',
    answer: json(403, 'quotaExceeded', 'Quota.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'storage that is full',
    answer: json(507, '', 'Full.'),
    said: /storage is used up \(object: .+\).*Free some space/u,
  },
  {
    name: 'an unpaid bill',
    answer: json(403, 'forbidden', 'The billing account for the owning project is disabled.'),
    said: /account of this cloud is disabled.*billing account.*a bill may be open/u,
  },
  {
    name: 'an account that is disabled',
    answer: json(403, 'accountDisabled', 'Disabled.'),
    said: /account of this cloud is disabled.*a bill may be open/u,
  },
  html,
];

/** A refusal of each kind that passes when it is asked again. */
export const BUSY = {
  s3: [xml(503, 'SlowDown', 'Slow down.', { 'retry-after': '1' }), xml(429, 'TooManyRequests', 'Slow down.')],
  azure: [xml(503, 'ServerBusy', 'Busy.', { 'retry-after': '1' }), xml(429, 'TooManyRequests', 'Slow down.')],
  google: [
    json(429, 'rateLimitExceeded', 'Slow down.', { 'retry-after': '1' }),
    json(403, 'userRateLimitExceeded', 'Slow down.'),
    json(503, 'backendError', 'Busy.'),
  ],
};
