/** The worker's connection to Temporal; waits while Temporal is away, but not for ever. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { messageOf, UnavailableError } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { withoutContexts } from '../temporal/without-contexts.ts';
import { breakSilence, openRelay, type Relay } from './relay.ts';

const PATIENCE_MS = 60_000;
const DELAY_MS = 1_000;

export interface ConnectOptions {
  /** A minute unless told. */
  readonly patienceMs?: number;
  /** Go through a relay that notices a server that has fallen silent; true unless told. */
  readonly relay?: boolean;
}

/**
 * Connects, trying for a minute.
 *
 * @returns null when `signal` aborted meanwhile
 * @throws UnavailableError `temporal_unavailable`: the process should end, and whoever watches it start it again
 */
export async function connectPatiently(
  address: string,
  log: Logger,
  signal: AbortSignal,
  { patienceMs = PATIENCE_MS, relay: isRelayed = true }: ConnectOptions = {},
): Promise<NativeConnection | null> {
  let relay: Relay | undefined;
  const giveUp = performance.now() + patienceMs;
  while (!signal.aborted) {
    try {
      if (!isRelayed) return withoutContexts(await NativeConnection.connect({ address }));
      relay ??= await openRelay(address);
      const connection = withoutContexts(await NativeConnection.connect({ address: relay.address }));
      void breakSilence(connection, relay, log, signal);
      return connection;
    } catch (error) {
      const reason = messageOf(error);
      if (performance.now() >= giveUp) {
        throw new UnavailableError(
          'temporal_unavailable',
          `Temporal at ${address} cannot be reached: ${reason}`,
        );
      }
      log.warn({ address, reason }, 'Temporal is away, trying again');
      await sleep(Math.min(DELAY_MS, patienceMs), undefined, { signal }).catch(() => {});
    }
  }
  return null;
}
