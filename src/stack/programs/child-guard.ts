/**
/**
 * Loaded before each program: takes the secrets that the supervisor keeps out of its environment, tells the supervisor
 * that the program's loop turns (`heartbeat.ts`; that it is ready, each program says itself), and ends the program when
 * the supervisor is gone without a word (SIGKILL), so that no worker goes on beside the next stack's.
 */
import { isMainThread } from 'node:worker_threads';
import { takeHandedOver } from '../../secrets/handover.ts';

const BEAT_MS = 1_000;
const LAST_RESORT_MS = 10_000;

/** Threads of a program load this too; they have no channel, and the environment of their program. */
if (isMainThread) takeHandedOver();
if (isMainThread && process.send !== undefined) {
  const tell = process.send.bind(process);
  // A supervisor that cannot be told is gone, or about to be: its end is noticed below.
  const beat = () => void (process.connected && tell('beat', undefined, undefined, () => {}));
  beat();
  setInterval(beat, BEAT_MS).unref();
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
  });
  // The channel must not keep the program alive.
  process.channel?.unref();
}
