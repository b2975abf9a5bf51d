import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/storage/azure/list-page.ts';
import { readError, readRefusal } from '../../../src/storage/azure/refusal.ts';
import { translateRefusal } from '../../../src/storage/azure/translate-error.ts';

const FIRST = { marker: undefined, startAfter: undefined };

function blob(name: string, more = ''): string {
  return `<Blob><Name>${name}</Name><Properties><Last-Modified>Mon, 23 Nov 2026 10:00:00 GMT</Last-Modified><Etag>0x8DE2</Etag><Content-Length>5</Content-Length><Content-MD5>XUFAKrxLKna5cZ2REBfFkg==</Content-MD5>${more}</Properties></Blob>`;
}

function listing(blobs: string, marker = ''): string {
  const next = marker === '' ? '<NextMarker />' : `<NextMarker>${marker}</NextMarker>`;
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://a.blob.core.windows.net/" ContainerName="c"><Blobs>${blobs}</Blobs>${next}</EnumerationResults>`;
}

describe('a listing of Azure', () => {
  it('has none, one or many blobs, folders and a marker', () => {
    expect(readPage(listing(''), FIRST)).toEqual({ objects: [], prefixes: [] });
    expect(readPage(listing('<BlobPrefix><Name>a/</Name></BlobPrefix>'), FIRST).prefixes).toEqual(['a/']);
    const page = readPage(
      listing(blob('a &amp; b.md') + blob('ä.md', '<LeaseState>available</LeaseState>'), 'm2'),
      FIRST,
    );
    const lastModifiedMs = Date.parse('2026-11-23T10:00:00Z');
    const object = { sizeBytes: 5, etag: '0x8DE2', lastModifiedMs, md5: '5d41402abc4b2a76b9719d911017c592' };
    expect(page).toEqual({
      objects: [
        { key: 'a & b.md', ...object },
        { key: 'ä.md', ...object },
      ],
      prefixes: [],
      next: 'm2',
    });
  });

  it('has names that XML has no place for percent-encoded', () => {
    const page = readPage(
      listing(blob('x').replace('<Name>x', '<Name Encoded="true">a%EF%BF%BEb%25.md')),
      FIRST,
    );
    expect(page.objects.map(({ key }) => key)).toEqual(['a\uFFFEb%.md']);
  });

  it.each([
    ['nothing', ''],
    ['a web page', '<!DOCTYPE html><html><body><p>Log in<br></body></html>'],
    ['a listing of another service', '<ListBucketResult><Contents/></ListBucketResult>'],
    ['half a listing', listing(blob('a.md')).slice(0, -40)],
    ['one without blobs', '<EnumerationResults><NextMarker /></EnumerationResults>'],
    ['a blob without a size', listing(blob('a.md').replace(/<Content-Length>.*<\/Content-Length>/u, ''))],
    ['a size that is none', listing(blob('a.md').replace('>5<', '>five<'))],
    ['a date that is none', listing(blob('a.md').replace(/Mon[^<]*/u, 'yesterday'))],
    ['a blob without a name', listing(blob(''))],
    [
      'a name that is not encoded as it says',
      listing(blob('x').replace('<Name>x', '<Name Encoded="true">%E0%A4%A')),
    ],
  ])('is damage where it is %s, never an empty listing', (_what, text) => {
    expect(() => readPage(text, FIRST)).toThrow(expect.objectContaining({ kind: 'corrupt' }) as Error);
  });

  it('that does not go on is damage', () => {
    const text = listing(blob('a.md'), 'again');
    expect(() => readPage(text, { ...FIRST, marker: 'again' })).toThrow(/does not go on/u);
  });
});

describe('a refusal of Azure', () => {
  const refusal = (status: number, code = '', message = '') => ({ status, code, message });
  const verdict = (status: number, code = '', conditional = false) => {
    const { kind, details } = translateRefusal(refusal(status, code), { key: 'a.md', conditional });
    return details.reason === undefined ? kind : `${kind} ${details.reason}`;
  };

  it('tells what is absent by Azure’s own words alone', () => {
    expect(verdict(404, 'BlobNotFound')).toBe('not-found');
    expect(verdict(404, 'ContainerNotFound')).toBe('not-found no-bucket');
    expect(verdict(404)).toBe('unexpected');
  });

  it('of a condition is a conflict, and of a write without one a reason to try again', () => {
    const codes = [
      [409, 'BlobAlreadyExists'],
      [412, 'ConditionNotMet'],
    ] as const;
    for (const [status, code] of codes) {
      expect(verdict(status, code, true)).toBe('conflict');
      expect(verdict(status, code)).toBe('unavailable');
    }
    expect(verdict(412, 'LeaseIdMissing', true)).toBe('unsupported');
  });

  it.each([
    [503, 'ServerBusy', 'rate-limited'],
    [500, 'InternalError', 'unavailable'],
    [403, 'AuthenticationFailed', 'denied wrong-secret'],
    [403, 'AuthorizationPermissionMismatch', 'denied forbidden'],
    [404, 'CannotVerifyCopySource', 'not-found'],
    [403, 'CannotVerifyCopySource', 'denied'],
    [400, 'Md5Mismatch', 'corrupt'],
    [200, '', 'corrupt'],
    [302, '', 'unavailable'],
    [502, '', 'unavailable'],
  ])('%i %s is %s', (status, code, kind) => {
    expect(verdict(status, code)).toBe(kind);
  });

  it('is read from its document or its header, and no text breaks it', async () => {
    const text =
      '<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed.\nRequestId:1</Message><AuthenticationErrorDetail>Signature did not match.\nString to sign</AuthenticationErrorDetail></Error>';
    expect(readError(text)).toEqual({
      code: 'AuthenticationFailed',
      message: 'Server failed. Signature did not match.',
    });
    for (const none of ['', '<html>', '{"error":1}', '<Error><Code><b/></Code></Error>', '\0'])
      expect(readError(none)).toEqual({ code: '', message: '' });
    const headers = { 'x-ms-error-code': 'BlobNotFound', 'retry-after': '7' };
    expect(await readRefusal({ statusCode: 404, headers, body: undefined })).toEqual({
      ...refusal(404, 'BlobNotFound'),
      retryAfterMs: 7000,
    });
  });
});
