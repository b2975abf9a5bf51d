import { describe, expect, it } from 'vitest';
import { readPastedKey } from '../../../src/storage/azure/access.ts';

const PLACE = { account: 'notes24', container: 'vault' };
const ENDPOINT = 'https://notes24.blob.core.windows.net';
const KEY = btoa('k'.repeat(64));
const SAS = 'sv=2022-11-02&sr=c&sp=racwdl&se=2027-01-01T00%3A00%3A00Z&sig=a%2Bb%3D';
const EMULATOR = { ...PLACE, endpoint: 'http://127.0.0.1:10000/notes24' };

describe('what is pasted as the key of Azure', () => {
  it('may be the account’s key, with blanks around it', () => {
    const access = { kind: 'key', account: 'notes24', key: KEY, endpoint: ENDPOINT };
    expect(readPastedKey(` ${KEY}\n`, PLACE)).toEqual(access);
    expect(readPastedKey('abcsig==', PLACE)).toEqual({ ...access, key: 'abcsig==' });
    expect(readPastedKey(KEY, EMULATOR)).toEqual({ ...access, endpoint: EMULATOR.endpoint });
  });

  it.each([
    SAS,
    `?${SAS}`,
    `${ENDPOINT}/?${SAS}`,
    `${ENDPOINT}/vault?${SAS}`,
    `${ENDPOINT}/vault/a/note.md?${SAS}`,
  ])('may be a signature, as a token or an address: %s', (text) => {
    const isAccounts = text.startsWith(`${ENDPOINT}/?`);
    const read = () => readPastedKey(text, PLACE);
    expect(read()).toEqual({ kind: 'sas', endpoint: ENDPOINT, sas: SAS });
    expect(isAccounts || text.includes('vault') || !text.startsWith('http')).toBe(true);
  });

  it('may be a connection string with a key or a signature', () => {
    const byKey = `DefaultEndpointsProtocol=https;AccountName=notes24;AccountKey=${KEY};EndpointSuffix=core.windows.net`;
    expect(readPastedKey(byKey, PLACE)).toEqual({
      kind: 'key',
      account: 'notes24',
      key: KEY,
      endpoint: ENDPOINT,
    });
    expect(readPastedKey(byKey, EMULATOR)).toMatchObject({ endpoint: EMULATOR.endpoint });
    const bySas = `BlobEndpoint=${ENDPOINT}/;SharedAccessSignature=${SAS}`;
    expect(readPastedKey(bySas, PLACE)).toMatchObject({ kind: 'sas', sas: SAS });
  });

  it.each([
    `https://other24.blob.core.windows.net/vault?${SAS}`,
    `${ENDPOINT}/other?${SAS}`,
    `AccountName=other24;AccountKey=${KEY}`,
    `BlobEndpoint=https://other24.blob.core.windows.net/;SharedAccessSignature=${SAS}`,
    'AccountKey=',
  ])('is refused where it is that of another place, and never repeated: %s', (text) => {
    const refusal = (() => {
      try {
        return readPastedKey(text, PLACE);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ kind: 'denied', details: { reason: 'no-key' } });
    expect(String(refusal)).not.toMatch(/a%2Bb|kkkk/u);
    expect(String(refusal)).not.toContain(KEY);
  });
});
