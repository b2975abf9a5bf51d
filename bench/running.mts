import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KEYS, type Device } from './device.mts';
import type { Times } from './result.mts';
import type { Told } from './running-device.mts';

const PROGRAM = fileURLToPath(import.meta.resolve('./running-device.mts'));

/** A device whose program is running and has synced before: what an edit meets in `watch` and in the plugin. */
export class RunningDevice {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(device: Device): Promise<RunningDevice> {
    const child = fork(PROGRAM, [device.vault, device.config], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      env: { ...process.env, ...KEYS, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    await answerOf(child);
    return new RunningDevice(child);
  }

  /** Rejects unless all was done. */
  async sync(): Promise<Times> {
    this.#child.send('sync');
    const { outcome, problems, ...times } = (await answerOf(this.#child)) as Told;
    const [problem] = problems;
    if (outcome !== 'done' || problem !== undefined)
      throw new Error(`the sync ended as ${outcome}: ${problem?.message ?? 'no problem named'}`);
    return times;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: gone.signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal: gone.signal }).then(() => {
        throw new Error('the running program ended');
      }),
    ]);
  } finally {
    gone.abort();
  }
}
