/**
 * What every call goes through before its service looks at it, whichever service that is: the checks of who calls and under
 * which name that HTTP makes too, an id, a line in the log and a figure in the metrics when it ends. And a message that
 * does not come is not waited for.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { ServerInterceptingCall, status as Code, type Metadata, type ServerInterceptor } from '@grpc/grpc-js';
import type { DoorPolicy } from '../../listeners/door-policy.ts';
import { callerRefusalOf } from '../../listeners/refusal.ts';
import { Unreadable } from '../../grpc/service-definition.ts';
import type { Logger } from '../../log/log.ts';
import { HttpError } from '../http/http-error.ts';
import { grpcStatusOf } from './status.ts';

/** What handlers find of a call by its metadata. */
interface Attended {
  /** Under which it stands in the log, and which is answered as `x-request-id`. */
  readonly id: string;
  /** Takes back all that it has not been sent yet, and ends it. */
  readonly cut: () => void;
}

const REQUEST_ID = 'x-request-id';
const attended = new WeakMap<Metadata, Attended>();

/** Of a call that came through {@link attend}. */
export function attendedCall(metadata: Metadata): Attended {
  const found = attended.get(metadata);
  if (found === undefined) throw new Error('a call was not attended');
  return found;
}

export interface Attendant {
  readonly policy: DoorPolicy;
  readonly log: Logger;
  /** Longest that the message of a call with one may take to arrive. */
  readonly messageMs: number;
  /** Told when a call has ended. */
  readonly count: (method: string, code: string, seconds: number) => void;
}

type Call = Parameters<ServerInterceptor>[1];

export function attend(attendant: Attendant): ServerInterceptor {
  return ({ path, requestStream }, call) => {
    const id = crypto.randomUUID();
    const end = once(ending(attendant, path, id));
    let late: NodeJS.Timeout | undefined;
    return new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, pass) => {
            const refusal = refusalOf(attendant.policy, path, call, metadata);
            if (refusal !== undefined) return refuse(refusal);
            attended.set(metadata, { id, cut: () => cutOff(call) });
            if (!requestStream) late = setTimeout(() => refuse(TOO_SLOW), attendant.messageMs);
            pass(metadata);
          },
          onReceiveMessage: (message, pass) => {
            clearTimeout(late);
            if (message instanceof Unreadable) refuse(UNREADABLE);
            else pass(message);
          },
          onCancel: () => {
            clearTimeout(late);
            end(Number(call.getDeadline()) <= Date.now() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED);
          },
        });
      },
      sendMetadata: (metadata, next) => {
        metadata.set(REQUEST_ID, id);
        next(metadata);
      },
      sendStatus: (status, next) => {
        clearTimeout(late);
        end(status.code ?? Code.OK);
        next(status);
      },
    });

    function refuse(error: HttpError): void {
      const status = grpcStatusOf(error, id);
      end(status.code);
      call.sendStatus(status);
    }
  };
}

/**
 * A reader who takes nothing holds what was sent to him, and the library can only end a call behind that: so this takes the
 * stream below it. One that has none is left to its connection.
 */
function cutOff(call: Call): void {
  const { stream } = call as { readonly stream?: Partial<Pick<ServerHttp2Stream, 'close'>> };
  stream?.close?.(constants.NGHTTP2_CANCEL);
}

const TOO_SLOW = new HttpError('request_aborted', 'The message of the call did not come in time.');
const UNREADABLE = new HttpError(
  'invalid_request',
  'The message is not in its form: its bytes are no message of this method. Send what proto/baton/v1 describes.',
);

function refusalOf(policy: DoorPolicy, path: string, call: Call, metadata: Metadata): HttpError | undefined {
  const sent = Object.fromEntries(
    ['origin', 'sec-fetch-site', 'sec-fetch-mode'].flatMap((name) => {
      const values = metadata.get(name).map(String);
      return values.length === 0 ? [] : [[name, values] as const];
    }),
  );
  const refusal = callerRefusalOf(policy, {
    method: 'POST',
    url: path,
    headersDistinct: { host: [call.getHost()], ...sent },
    socket: { localAddress: call.getConnectionInfo().localAddress },
  });
  return refusal === undefined ? undefined : new HttpError(refusal.code, refusal.message);
}

function ending({ log, count }: Attendant, method: string, id: string): (code: Code) => void {
  const since = performance.now();
  return (code) => {
    const seconds = (performance.now() - since) / 1_000;
    const name = Code[code] ?? String(code);
    count(method, name, seconds);
    const line = { grpc: { id, method, code: name }, ms: Math.round(seconds * 1_000) };
    if (code === Code.INTERNAL || code === Code.UNKNOWN) log.warn(line, 'call failed');
    else log[method.startsWith('/baton.') ? 'info' : 'debug'](line, 'call ended');
  };
}

function once<A>(work: (argument: A) => void): (argument: A) => void {
  let isDone = false;
  return (argument) => {
    if (!isDone) work(argument);
    isDone = true;
  };
}
