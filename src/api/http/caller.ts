/** Who makes a request, as far as its connection and its headers say. */
import type { IncomingHttpHeaders } from 'node:http';
import { anonymous, type Caller, type Origin } from '../../service/index.ts';

/** There is no login: whoever is let in is anonymous. */
export function callerOf(
  transport: Origin['transport'],
  headers: IncomingHttpHeaders,
  address: string | undefined,
): Caller {
  const forwarded = headers['x-forwarded-for'];
  return anonymous({
    transport,
    address: address ?? null,
    agent: headers['user-agent'] ?? null,
    forwardedFor: Array.isArray(forwarded) ? forwarded.join(', ') : (forwarded ?? null),
  });
}
