import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import type { TellsVersioning } from '../../../src/storage/versioning.ts';
import { createS3Store, type S3StoreOptions } from '../../../src/storage/s3/s3-store.ts';
import type { ServerAddress } from './server.mts';

let count = 0;

/** The SDK itself, for what the provider does not do. */
export function s3Client(server: ServerAddress): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}

/** A new bucket of the server's owner; its name. Buckets go when the server does. */
export async function createBucket(server: ServerAddress): Promise<string> {
  const bucket = `bucket-${String(process.pid)}-${Date.now().toString(36)}-${String(count++)}`;
  const client = s3Client(server);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return bucket;
}

/** The store of that bucket, as the server's owner unless told otherwise. */
export function openBucket(
  server: ServerAddress,
  options: Partial<S3StoreOptions> & Pick<S3StoreOptions, 'bucket' | 'conditionForm'>,
): ObjectStore & TellsVersioning {
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return createS3Store({
    endpoint,
    region,
    pathStyle: true,
    credentials: () => Promise.resolve({ accessKeyId, secretAccessKey }),
    now: Date.now,
    ...options,
  });
}

/** Uploads in parts that were begun and neither ended nor taken back. */
export async function danglingUploads(server: ServerAddress, bucket: string): Promise<string[]> {
  const client = s3Client(server);
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  client.destroy();
  return (Uploads ?? []).map(({ Key }) => Key ?? '');
}
