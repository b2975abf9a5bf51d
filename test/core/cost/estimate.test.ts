import { describe, expect, it } from 'vitest';
import { dollarText, estimate } from '../../../src/core/cost/estimate.ts';
import { PRICES, serviceAt } from '../../../src/core/cost/prices.ts';
import { monthOf, NO_USAGE, requestsIn, sum, withCall } from '../../../src/core/cost/usage.ts';

const MIB = 1024 * 1024;
const S3 = { sizeBytes: 8 * MIB, around: 2 };
const call = { bytesUp: 0, bytesDown: 0 };

describe('what is counted', () => {
  it('[CT1] is a request for each call, and its bytes', () => {
    const usage = (['get', 'put', 'copy', 'delete', 'head', 'list'] as const).reduce(
      (all, kind) => withCall(all, { kind, bytesUp: 1, bytesDown: 10 }, S3),
      NO_USAGE,
    );
    expect(usage).toEqual({
      get: 1,
      put: 1,
      copy: 1,
      delete: 1,
      head: 1,
      list: 1,
      bytesUp: 6,
      bytesDown: 60,
    });
    expect(requestsIn(sum(usage, usage))).toBe(12);
  });

  it('[CT1] is a request for each piece of a large upload, one to begin it and one to end it', () => {
    const put = (bytesUp: number): number => withCall(NO_USAGE, { ...call, kind: 'put', bytesUp }, S3).put;
    expect([put(8 * MIB), put(8 * MIB + 1), put(20 * MIB)]).toEqual([1, 4, 5]);
  });

  it('[CT2] by months in UTC', () => {
    expect(monthOf(Date.UTC(2026, 10, 30, 23, 59))).toBe('2026-11');
    expect(monthOf(Date.UTC(2026, 11, 1))).toBe('2026-12');
  });
});

describe('an estimate', () => {
  it('[CT3] is requests by kind and what was received, by list price', () => {
    const usage = { ...NO_USAGE, put: 10_000, get: 50_000, bytesDown: 1e9, bytesUp: 1e12 };
    // Google’s own example: 10,000 of class A, 50,000 of class B, 1 GB to the internet.
    const { requests, down, total } = estimate(usage, PRICES.gcs);
    expect(requests).toBeCloseTo(0.07, 10);
    expect(down).toBeCloseTo(0.12, 10);
    expect(total).toBeCloseTo(0.19, 10);
  });

  it('[CT3] names the service by the host that is asked, and none for a server of one’s own', () => {
    expect(serviceAt('s3.eu-central-1.amazonaws.com')).toBe('aws');
    expect(serviceAt('abc.r2.cloudflarestorage.com')).toBe('r2');
    expect(serviceAt('s3.us-west-004.backblazeb2.com')).toBe('b2');
    expect(serviceAt('s3.wasabisys.com')).toBe('wasabi');
    expect(serviceAt('me.blob.core.windows.net')).toBe('azure');
    expect(serviceAt('storage.googleapis.com')).toBe('gcs');
    expect(serviceAt('nas.local')).toBeUndefined();
    expect(serviceAt('amazonaws.com.example.org')).toBeUndefined();
  });

  it('[CT3] is never shown as nothing where it is something', () => {
    expect([0, 0.000_01, 0.0123, 1.2].map(dollarText)).toEqual([
      '$0',
      'less than $0.0001',
      '$0.0123',
      '$1.20',
    ]);
  });
});
