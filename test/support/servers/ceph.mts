import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from '../apt.mts';
import {
  accepts,
  freePorts,
  hasProgram,
  runProgram,
  startDaemon,
  waitUntil,
  type Daemon,
} from './processes.mts';
import type { RunningServer } from './server.mts';

const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'ceph-authtool'];
const PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'];

const OWNER = {
  accessKeyId: 'TWINCLOUDTESTOWNER00',
  secretAccessKey: 'test-secret-of-the-owner-0000000000000000',
};
const STRANGER = {
  accessKeyId: 'TWINCLOUDTESTSTRANGER',
  secretAccessKey: 'test-secret-of-the-stranger-000000000000',
};

/** Ceph's S3 gateway from Debian, about 430 MB. */
export async function install(): Promise<void> {
  const found = await Promise.all(PROGRAMS.map(hasProgram));
  if (found.includes(false)) await installPackages(PACKAGES);
}

/**
 * A whole cluster on loopback: one monitor, one store in memory, one gateway; no manager.
 * Its conditional writes hold, but only with the tag unquoted in `If-Match` (Ceph 16).
 */
export async function startServer(): Promise<RunningServer> {
  await install();
  const folder = await mkdtemp(join(tmpdir(), 'ceph-'));
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [monPort = 0, oldMonPort = 0, gatewayPort = 0] = await freePorts(3);
    const cluster = await prepareCluster(folder, { monPort, oldMonPort, gatewayPort });
    await startMonitor(cluster, daemons);
    await startStore(cluster, daemons);
    await startGateway(cluster, daemons);
    await Promise.all([createUser(cluster, 'owner', OWNER), createUser(cluster, 'stranger', STRANGER)]);
    return {
      endpoint: `http://127.0.0.1:${String(gatewayPort)}`,
      region: 'us-east-1',
      ...OWNER,
      stranger: STRANGER,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ports {
  readonly monPort: number;
  readonly oldMonPort: number;
  readonly gatewayPort: number;
}

interface Cluster extends Ports {
  readonly folder: string;
  readonly config: string;
  readonly keyring: string;
  readonly clusterId: string;
}

async function prepareCluster(folder: string, ports: Ports): Promise<Cluster> {
  const cluster: Cluster = {
    folder,
    config: join(folder, 'ceph.conf'),
    keyring: join(folder, 'keyring'),
    clusterId: randomUUID(),
    ...ports,
  };
  await Promise.all(
    ['run', 'log', 'mon/a', 'osd/0', 'rgw'].map((name) => mkdir(join(folder, name), { recursive: true })),
  );
  await writeFile(cluster.config, configText(cluster));
  return cluster;
}

/** Every new pool waits for the monitor's decision: the default of one a second makes the start three times as long. */
function configText(cluster: Cluster): string {
  const { folder } = cluster;
  return `[global]
fsid = ${cluster.clusterId}
mon host = [v2:127.0.0.1:${String(cluster.monPort)},v1:127.0.0.1:${String(cluster.oldMonPort)}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${cluster.keyring}
run dir = ${folder}/run
pid file = ${folder}/run/$name.pid
admin socket = ${folder}/run/$name.$pid.asok
log file = ${folder}/log/$name.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 1
mon max pg per osd = 2000
paxos propose interval = 0.05
paxos min wait = 0.02
[mon.a]
mon data = ${folder}/mon/a
[osd.0]
osd data = ${folder}/osd/0
keyring = ${folder}/osd/0/keyring
osd objectstore = memstore
memstore device bytes = 2147483648
[client.rgw]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${String(cluster.gatewayPort)} tcp_nodelay=1
rgw dns name = localhost
rgw enable usage log = false
rgw enable ops log = false
rgw dynamic resharding = false
rgw thread pool size = 32
`;
}

async function startMonitor(cluster: Cluster, daemons: Daemon[]): Promise<void> {
  const { folder, config, keyring } = cluster;
  const map = join(folder, 'monmap');
  await runProgram('ceph-authtool', [
    '--create-keyring',
    keyring,
    '--gen-key',
    '-n',
    'mon.',
    '--cap',
    'mon',
    'allow *',
  ]);
  const everything = ['mon', 'osd', 'mds', 'mgr'].flatMap((service) => ['--cap', service, 'allow *']);
  await runProgram('ceph-authtool', ['--gen-key', '-n', 'client.admin', ...everything, keyring]);
  const addresses = `[v2:127.0.0.1:${String(cluster.monPort)},v1:127.0.0.1:${String(cluster.oldMonPort)}]`;
  await runProgram('monmaptool', ['--create', '--fsid', cluster.clusterId, '--addv', 'a', addresses, map]);
  await runProgram('ceph-mon', ['-c', config, '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring]);
  daemons.push(startDaemon('ceph-mon', ['-c', config, '-i', 'a', '--keyring', keyring, '-f']));
}

async function startStore(cluster: Cluster, daemons: Daemon[]): Promise<void> {
  const { folder, config } = cluster;
  const ceph = (...args: string[]): Promise<string> =>
    runProgram('ceph', ['-c', config, '--connect-timeout', '20', ...args]);
  const storeId = randomUUID();
  const storeKeyring = join(folder, 'osd/0/keyring');
  await ceph('osd', 'new', storeId);
  await runProgram('ceph-authtool', ['--create-keyring', storeKeyring, '--gen-key', '-n', 'osd.0']);
  await ceph('auth', 'add', 'osd.0', 'osd', 'allow *', 'mon', 'allow profile osd', '-i', storeKeyring);
  const [gatewayKey] = await Promise.all([
    ceph('auth', 'get-or-create', 'client.rgw', 'osd', 'allow *', 'mon', 'allow *'),
    runProgram('ceph-osd', ['-c', config, '-i', '0', '--mkfs', '--osd-uuid', storeId]),
  ]);
  await appendFile(cluster.keyring, gatewayKey);
  const daemon = startDaemon('ceph-osd', ['-c', config, '-i', '0', '-f']);
  daemons.push(daemon);
  await waitUntil('Ceph store', async () => (await ceph('osd', 'stat')).includes('1 up'), { daemon });
}

async function startGateway(cluster: Cluster, daemons: Daemon[]): Promise<void> {
  const daemon = startDaemon('radosgw', ['-c', cluster.config, '-n', 'client.rgw', '-f']);
  daemons.push(daemon);
  await waitUntil('Ceph gateway', () => accepts(cluster.gatewayPort), { daemon });
}

async function createUser(cluster: Cluster, name: string, keys: typeof OWNER): Promise<void> {
  const user = [`--uid=${name}`, `--display-name=${name}`];
  const secrets = [`--access-key=${keys.accessKeyId}`, `--secret=${keys.secretAccessKey}`];
  await runProgram('radosgw-admin', [
    '-c',
    cluster.config,
    '-n',
    'client.rgw',
    'user',
    'create',
    ...user,
    ...secrets,
    '--max-buckets=100000',
  ]);
}
