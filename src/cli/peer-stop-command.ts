import { systemClock } from '../base/clock.ts';
import { ConsiliumError } from '../base/errors.ts';
import { dataFolder } from '../peer/data-folder.ts';
import { findRunningPeer } from '../peer/run-file.ts';
import { required } from './command-line.ts';
import { requireReleased } from './require-released.ts';
import { type Command, EXIT_OK } from './run-command.ts';

/** A peer ends within ten seconds of being told to. */
const PATIENCE_MILLISECONDS = 12_000;
const LOOK_MILLISECONDS = 100;

export const peerStopCommand: Command = {
  spec: {
    usage: 'consilium peer stop --data <folder> [options]',
    summary:
      "Stops the peer that runs on a member's data folder, and waits until it has ended. What it has signed and what is not recorded yet\n" +
      'is on disk; the next start goes on there. Does nothing if none runs.',
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder" },
      json: { type: 'boolean', help: 'print JSON' },
    },
  },
  async run(values, _positionals, signal) {
    const folder = dataFolder(required(values, 'data'));
    const running = await findRunningPeer(folder.run);
    if (running === null) requireReleased(folder);
    else {
      const { pid } = running.run;
      process.kill(pid, 'SIGTERM');
      await ended(pid, signal);
    }
    const plain = running === null ? 'no peer runs on this folder' : `stopped process ${running.run.pid}`;
    const document = { stopped: running !== null, pid: running?.run.pid ?? null };
    process.stdout.write(`${values.json === true ? JSON.stringify(document) : plain}\n`);
    return EXIT_OK;
  },
};

async function ended(pid: number, signal: AbortSignal): Promise<void> {
  const deadline = systemClock.now() + PATIENCE_MILLISECONDS;
  while (lives(pid)) {
    if (systemClock.now() > deadline || signal.aborted) {
      throw new ConsiliumError(
        'cli/not-stopped',
        `process ${pid} has not ended after ${PATIENCE_MILLISECONDS / 1000} seconds; look into peer.log, and end it with 'kill -9 ${pid}': nothing that it signed is lost`,
      );
    }
    await systemClock.wait(LOOK_MILLISECONDS, signal);
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
