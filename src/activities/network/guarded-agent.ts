/**
 * An undici agent that talks to public addresses only. A name is judged by the addresses it resolves to, before a
 * connection is made (so that nobody can probe ports), and a connection again by the address it really reached.
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { refusalOf } from './addresses.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** The address is none that steps on this worker may reach. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';

  constructor(address: string, range: string) {
    super(
      `Address ${address} (${range}) is not public. Set BATON_ALLOW_PRIVATE_NETWORK=1 on the worker to allow it.`,
    );
  }
}

/** An agent for steps' requests. Only the step's own timeout limits how long an answer may take. */
export function stepAgent(options: { readonly allowPrivate: boolean }): Agent {
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  if (options.allowPrivate) return new Agent({ ...limits, connect: { timeout: CONNECT_TIMEOUT_MS } });
  return new Agent({ ...limits, connect: guardedConnector() });
}

function guardedConnector(): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: publicLookup });
  return (options, callback) => {
    // Literal addresses are never looked up.
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    const refused = isIP(literal) === 0 ? null : refusal(literal);
    if (refused !== null) return callback(refused, null);
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      const late = refusal(socket.remoteAddress ?? '');
      if (late === null) return callback(null, socket);
      socket.destroy();
      callback(late, null);
    });
  };
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** `dns.lookup`, refusing a name as soon as one of its addresses is not public. */
function publicLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const refused = addresses.map((entry) => refusal(entry.address)).find((reason) => reason !== null);
    if (refused) return callback(refused, []);
    const first = addresses[0];
    if (options.all === true || first === undefined) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
}

function refusal(address: string): AddressRefused | null {
  const range = refusalOf(address);
  return range === null ? null : new AddressRefused(address, range);
}
