/**
 * Loaded before each program: ends it when the supervisor is gone without a word (SIGKILL), so that no worker goes on
 * beside the next stack's. And takes the secrets that the supervisor keeps out of its environment.
 */
import { takeHandedOver } from '../secrets/handover.ts';

const LAST_RESORT_MS = 10_000;

takeHandedOver();
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
});
// The channel is there to notice its end only; it must not keep the program alive.
process.channel?.unref();
