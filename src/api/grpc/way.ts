/** The way by which a call of gRPC came: who makes it, and how long he waits for an answer. */
import type { ServerUnaryCall } from '@grpc/grpc-js';
import { anonymous } from '../../service/index.ts';
import type { Way } from '../inner/ask-endpoint.ts';
import { attendedCall } from './attend.ts';

/** What all kinds of calls have. */
export type AnyCall = Pick<
  ServerUnaryCall<unknown, unknown>,
  'metadata' | 'getPeer' | 'getDeadline' | 'cancelled'
> & {
  once(event: 'cancelled', listener: () => void): unknown;
};

/** So long before its deadline an answer is on its way, in ms. */
const AHEAD_MS = 200;

export function wayOf(call: AnyCall): Way & { readonly gone: AbortSignal } {
  const header = (name: string): string | null => call.metadata.get(name).map(String)[0] ?? null;
  return {
    method: 'gRPC',
    caller: anonymous({
      transport: 'grpc',
      address: addressOf(call.getPeer()),
      agent: header('user-agent'),
      forwardedFor: header('x-forwarded-for'),
    }),
    traceparent: header('traceparent') ?? undefined,
    id: attendedCall(call.metadata).id,
    until: performance.now() + (Number(call.getDeadline()) - Date.now()) - AHEAD_MS,
    gone: goneOf(call),
  };
}

/** Aborted when the caller has cancelled, has hung up, or waits no longer. */
function goneOf(call: AnyCall): AbortSignal {
  const gone = new AbortController();
  if (call.cancelled) gone.abort();
  call.once('cancelled', () => gone.abort());
  return gone.signal;
}

/** Without the port; null where nobody knows. */
function addressOf(peer: string): string | null {
  const end = peer.lastIndexOf(':');
  return end < 0 ? null : peer.slice(0, end);
}
