/** What a client is made with. */
import type { Patience } from './retry.ts';

/** Sent with each request; a function is asked at each, so that a token may be renewed. */
export type HeadersOption =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

export interface BatonOptions {
  /** Where the API is, without `/api/v1`: `http://127.0.0.1:4700`. */
  readonly url: string;
  readonly headers?: HeadersOption;
  /** Instead of the runtime's own. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Longest that one try may take until its answer is there; of a stream, until it begins. 30,000 unless told; 0: for ever. */
  readonly timeoutMs?: number;
  /** How often a request is sent again (5, within a minute), or more exactly when. */
  readonly retries?: number | Partial<Patience>;
  /** Told before each further try. */
  readonly onRetry?: (why: { readonly code: string; readonly waitMs: number }) => void;
  /**
   * What becomes of whole numbers that JavaScript's own would change (beyond 2^53): `bigint`, so that they stay what they
   * were, or the nearest `number`, as `JSON.parse` makes it. `bigint` unless told.
   */
  readonly wholeNumbers?: 'bigint' | 'number';
  /** Most bytes of an answer that is read whole; 64 MiB unless told. */
  readonly maxAnswerBytes?: number;
}

export type Settings = Required<Omit<BatonOptions, 'retries'>> & { readonly retries: Patience };

const USUAL: Patience = { times: 5, forMs: 60_000, whenAway: true };

/** @throws TypeError for what is no address of a server */
export function settingsOf({ url, retries = {}, ...options }: BatonOptions): Settings {
  return {
    headers: {},
    fetch: (address, init) => fetch(address, init),
    timeoutMs: 30_000,
    onRetry: () => undefined,
    wholeNumbers: 'bigint',
    maxAnswerBytes: 64 * 1024 * 1024,
    ...options,
    url: addressOf(url),
    retries: { ...USUAL, ...(typeof retries === 'number' ? { times: retries } : retries) },
  };
}

function addressOf(url: string): string {
  const { protocol, search, hash } = new URL(url);
  if (!/^https?:$/.test(protocol) || search !== '' || hash !== '')
    throw new TypeError(`${url} is no address of a server; write http://HOST:PORT or https://HOST`);
  return url.replace(/\/+$/, '');
}
