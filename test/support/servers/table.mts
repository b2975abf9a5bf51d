import * as azurite from './azurite.mts';
import * as ceph from './ceph.mts';
import * as gcs from './gcs.mts';
import * as versitygw from './versitygw.mts';
import * as s3rver from './s3rver.mts';
import type { ServerKind } from './server.mts';

/** Every server that tests start, by the name that they ask for. */
export const SERVERS = { ceph, versitygw, s3rver, azurite, gcs } as const satisfies Record<
  string,
  ServerKind
>;

export type ServerName = keyof typeof SERVERS;
