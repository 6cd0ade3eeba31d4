/** How requests of a command go out: as usual by `fetch`, within {@link onWay} by something else. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecretHeader } from '../contexts/choose-target.ts';

/** @param headers what is sent along to the installation, whose values must not be shown */
export type Way = (url: string, init: RequestInit, headers: readonly SecretHeader[]) => Promise<Response>;

const ways = new AsyncLocalStorage<Way>();

/** All requests that `work` makes go this way. */
export function onWay<T>(way: Way, work: () => Promise<T>): Promise<T> {
  return ways.run(way, work);
}

/** Undefined: as usual. */
export const currentWay = (): Way | undefined => ways.getStore();
