import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ContainerClient, ContainerSASPermissions, StorageSharedKeyCredential } from '@azure/storage-blob';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createContainer } from '../support/servers/azure-container.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';

const server = await sharedServerIfAny('azurite', process.env['CI'] === 'true');

describe.runIf(server)('the command on Azure Blob (Azurite)', { timeout: 120_000 }, () => {
  let bench: Bench;
  let remote: string;
  forEachTest((opened) => {
    bench = opened;
  });
  beforeEach(async () => {
    if (server === undefined) throw new Error('the server did not start');
    remote = `azure://${server.accessKeyId}/${await createContainer(server)}/my notes?endpoint=${server.endpoint}`;
  });

  function run(args: readonly string[], device = 'a', env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    const keys = { TWINCLOUD_AZURE_ACCOUNT_KEY: server?.secretAccessKey };
    return bench.run(args, { device, env: { ...keys, ...env } });
  }

  async function sync(device = 'a'): Promise<void> {
    const { exitCode, stdout, stderr } = await run(
      ['sync', '--remote', remote, '--device-name', device],
      device,
    );
    expect({ exitCode, said: exitCode === 0 ? '' : stdout + stderr }).toEqual({ exitCode: 0, said: '' });
  }

  it('init, check and sync: an edit, a rename, a delete and 60 MB go from device to device', async () => {
    const large = new Uint8Array(60_000_000).map((_, index) => (index ^ (index >>> 8)) & 255);
    await bench.write('note.md', 'hello\n');
    await bench.write('old name.md', 'renamed later\n');
    await bench.write('gone.md', 'deleted later\n');
    await bench.write('large.bin', large);
    expect((await run(['init', '--remote', remote])).exitCode).toBe(0);
    expect((await run(['check'])).exitCode).toBe(0);
    await sync('a');
    await sync('b');
    const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(sum(await readFile(join(bench.vault('b'), 'large.bin')))).toBe(sum(large));
    await bench.write('note.md', 'hello\nedited by b\n', 'b');
    await rename(join(bench.vault('b'), 'old name.md'), join(bench.vault('b'), 'new name.md'));
    await rm(join(bench.vault('b'), 'gone.md'));
    await sync('b');
    await sync('a');
    expect(await bench.read('note.md')).toBe('hello\nedited by b\n');
    const paths = (await bench.files('a/vault')).map((file) => file.slice(bench.vault().length + 1));
    expect(paths.sort()).toEqual(['.trash/gone.md', 'large.bin', 'new name.md', 'note.md']);
  });

  it('a wrong key, no key and a container that is not there are told, each with the remedy', async () => {
    await bench.write('note.md', 'hello\n');
    const wrong = await run(['init', '--remote', remote], 'a', {
      TWINCLOUD_AZURE_ACCOUNT_KEY: btoa('another'),
    });
    expect(wrong.stderr).toContain('Azure does not accept this account key');
    const none = await run(['init', '--remote', remote], 'a', { TWINCLOUD_AZURE_ACCOUNT_KEY: '' });
    expect(none.stderr).toContain('Set TWINCLOUD_AZURE_ACCOUNT_KEY');
    const absent = await run(['init', '--remote', remote.replace(/container-[^/]+/u, 'no-such-container')]);
    expect(absent.stderr).toContain('There is no container of this name');
    expect([wrong.exitCode, none.exitCode, absent.exitCode]).toEqual([1, 1, 1]);
  });

  it('a container with plain files is adopted, they stay, and one that is put by hand comes down', async () => {
    const container = await clientOf(remote);
    await uploadText(container, 'my notes/there before.md', 'there before\n');
    await bench.write('mine.md', 'mine\n');
    expect((await run(['sync', '--remote', remote, '--accept-first'])).exitCode).toBe(0);
    expect(await bench.read('there before.md')).toBe('there before\n');
    await uploadText(container, 'my notes/by hand.md', 'by hand\n');
    for (const more of ['--audit', '--quiet']) expect((await run(['sync', more])).exitCode).toBe(0);
    expect(await bench.read('by hand.md')).toBe('by hand\n');
    expect(await readText(container, 'my notes/mine.md')).toBe('mine\n');
    const to = join(bench.folder, 'restored');
    expect((await run(['restore', '--all', '--to', to])).exitCode).toBe(0);
    expect(await readFile(join(to, 'there before.md'), 'utf8')).toBe('there before\n');
    const verified = await run(['verify', '--full']);
    expect(verified.stdout).toContain('No damage was found');
  });

  it('a signature that expired, one that may not write, and a container that was deleted are told, and nothing is lost', async () => {
    await bench.write('note.md', 'hello\n');
    await sync('a');
    await bench.write('note.md', 'hello\nagain\n');
    const container = await clientOf(remote);
    const withSas = (sas: string): Promise<Finished> =>
      run(['sync'], 'a', { TWINCLOUD_AZURE_ACCOUNT_KEY: '', TWINCLOUD_AZURE_SAS: sas });
    const expired = await withSas(await sasOf(container, 'racwdl', -60_000));
    expect(expired.stderr).toMatch(/expired/u);
    const reader = await withSas(await sasOf(container, 'rl', 3_600_000));
    expect(reader.stderr).toMatch(/may not|right/iu);
    for (const said of [expired, reader]) expect(said.stderr).not.toContain('sig=');
    const writer = await withSas(await sasOf(container, 'racwdl', 3_600_000));
    expect(writer.exitCode).toBe(0);
    await container.delete();
    await bench.write('note.md', 'hello\nagain\nand again\n');
    const gone = await run(['sync']);
    expect(gone.exitCode).toBe(1);
    expect(gone.stderr).toContain('There is no container of this name');
    expect(await bench.read('note.md')).toBe('hello\nagain\nand again\n');
  });

  async function clientOf(address: string): Promise<ContainerClient> {
    if (server === undefined) throw new Error('the server did not start');
    const name = /container-[^/]+/u.exec(address)?.[0] ?? '';
    const credential = new StorageSharedKeyCredential(server.accessKeyId, server.secretAccessKey);
    return Promise.resolve(new ContainerClient(`${server.endpoint}/${name}`, credential));
  }
});

async function uploadText(container: ContainerClient, name: string, text: string): Promise<void> {
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

async function readText(container: ContainerClient, name: string): Promise<string> {
  return (await container.getBlobClient(name).downloadToBuffer()).toString();
}

/** Made by the SDK, as the portal does; `forMs` from now. */
async function sasOf(container: ContainerClient, rights: string, forMs: number): Promise<string> {
  const address = await container.generateSasUrl({
    permissions: ContainerSASPermissions.parse(rights),
    startsOn: new Date(Date.now() - 3_600_000),
    expiresOn: new Date(Date.now() + forMs),
  });
  return address.slice(address.indexOf('?'));
}
