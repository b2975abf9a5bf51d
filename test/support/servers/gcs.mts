import { startFront, type FrontOptions, type GcsFront } from './gcs-front.mts';
import { goTool } from './go-tool.mts';
import { accepts, freePorts, startDaemon, waitUntil } from './processes.mts';
import type { RunningServer } from './server.mts';

const PACKAGE = 'github.com/fsouza/fake-gcs-server@v1.56.1';

/** An emulator of Google Cloud Storage, built from its Go module. */
export async function install(): Promise<void> {
  await goTool('fake-gcs-server', PACKAGE);
}

export interface RunningGcs extends RunningServer {
  readonly front: GcsFront;
  /** Cuts all connections and takes none; tokens and uploads that were begun are forgotten. Objects stay, in memory. */
  crash(): Promise<void>;
  /** After `crash`: at the same address, with the same accounts. */
  rise(): Promise<void>;
}

/** The emulator behind what it lacks. Keys are key files: `accessKeyId` the account, `secretAccessKey` the file's text. */
export async function startServer(
  options: Pick<FrontOptions, 'tokenSeconds' | 'trouble'> = {},
): Promise<RunningGcs> {
  const program = await goTool('fake-gcs-server', PACKAGE);
  const [port = 0, emulatorPort = 0] = await freePorts(2);
  const args = ['-scheme', 'http', '-backend', 'memory', '-host', '127.0.0.1', '-port', String(emulatorPort)];
  const publicHost = `127.0.0.1:${String(port)}`;
  const daemon = startDaemon(program, [...args, '-public-host', publicHost, '-log-level', 'error']);
  await waitUntil('fake-gcs-server', () => accepts(emulatorPort), { daemon }).catch(
    async (error: unknown) => {
      await daemon.stop();
      throw error;
    },
  );
  let front = await startFront({ port, emulatorPort, ...options });
  const owner = front.accounts.add('owner', 'owner');
  const stranger = front.accounts.add('stranger', 'none');
  return {
    endpoint: front.endpoint,
    region: '',
    accessKeyId: owner.email,
    secretAccessKey: owner.keyFile,
    stranger: { accessKeyId: stranger.email, secretAccessKey: stranger.keyFile },
    get front() {
      return front;
    },
    crash: () => {
      front.accounts.dropTokens();
      return front.close();
    },
    rise: async () => {
      front = await startFront({ port, emulatorPort, ...options, accounts: front.accounts });
    },
    stop: async () => {
      await front.close();
      await daemon.stop();
    },
  };
}
