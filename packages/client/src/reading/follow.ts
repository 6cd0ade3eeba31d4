/**
 * What happens in a run, as it comes, each once and in order: a connection that is lost is taken up again after the last
 * event seen. Ends with the run.
 */
import { BatonError } from '../errors.ts';
import { pause } from '../sending/limit.ts';
import type { Opened, Transport } from '../sending/transport.ts';
import { eventsOf, type Bounds } from './event-source.ts';

export interface FollowOptions extends Partial<Bounds> {
  /** Only what comes after the event of this number; 0 unless told, which is everything. */
  readonly after?: number | undefined;
  /** Ends the following, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Connections in a row that may bring nothing before it is given up; 20 unless told. */
  readonly tries?: number;
}

/** An event as the stream has it. */
export interface Followed {
  /** Its number: where one goes on after it. */
  readonly id: number;
  /** JSON text. */
  readonly data: string;
}

const USUAL = { eventChars: 16 * 1024 * 1024, silenceMs: 45_000, tries: 20 };
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** What a server may ask to wait for. */
const LONGEST_ASKED_MS = 60_000;

/**
 * @param path of the stream, with its query
 * @throws BatonError when the API refuses, stays away too long, or sends what cannot be read
 */
export async function* follow(
  transport: Transport,
  path: string,
  { after = 0, signal, ...options }: FollowOptions,
): AsyncGenerator<Followed> {
  const { tries, ...bounds } = { ...USUAL, ...options };
  let last = after;
  const isCalledOff = (): boolean => signal?.aborted === true;
  for (let failures = 0; !isCalledOff();) {
    let asked = 0;
    try {
      const opened = await connect(transport, path, last, signal);
      if (opened === undefined) return;
      failures++;
      for await (const events of eventsOf(opened, bounds)) {
        failures = 0;
        for (const { id, data } of events) {
          const number = Number(id);
          // One that came before, over another connection.
          if (!(number > last)) continue;
          last = number;
          yield { id: number, data };
        }
      }
    } catch (error) {
      if (isCalledOff()) return;
      if (!isPassing(error) || ++failures >= tries) throw error;
      asked = (error.retryAfter ?? 0) * 1_000;
    }
    if (failures >= tries) throw new BatonError('connection_lost', 'The stream ends again and again.');
    const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    await pause(Math.max(backoff, Math.min(asked, LONGEST_ASKED_MS)), signal).catch(() => undefined);
  }
}

/** Undefined when nothing follows: the run has ended. */
async function connect(
  transport: Transport,
  path: string,
  last: number,
  signal: AbortSignal | undefined,
): Promise<Opened | undefined> {
  // Without a number a run of which nothing is told would be asked for again and again.
  const headers = { accept: 'text/event-stream', 'last-event-id': String(last) };
  const opened = await transport.open({ method: 'GET', path, headers, signal, once: true });
  const { response, limit } = opened;
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (response.status !== 204 && isStream) return opened;
  limit.end();
  if (response.status === 204) return undefined;
  throw new BatonError('answer_unreadable', 'The answer is no stream of events.', {
    status: response.status,
  });
}

/** May be over at the next try. */
function isPassing(error: unknown): error is BatonError {
  if (!(error instanceof BatonError)) return false;
  const { code, status } = error;
  if (status === null) return code === 'timeout' || code === 'connection_lost';
  return status === 429 || status === 502 || status === 503 || status === 504;
}
