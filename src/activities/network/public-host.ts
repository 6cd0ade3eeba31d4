/** The same rule as for connections, for programs that connect by themselves: a host is judged before they are started. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { refusalOf } from './addresses.ts';
import { AddressRefused } from './guarded-agent.ts';

/**
 * The addresses of a host, all of them public. A caller that can should pin its program to them, since a name may lead
 * elsewhere a moment later.
 *
 * @throws AddressRefused, and the resolver's error for a name that is not known
 */
export async function publicAddresses(host: string): Promise<string[]> {
  const literal = host.replace(/^\[|\]$/g, '');
  const addresses =
    isIP(literal) === 0 ? (await lookup(literal, { all: true })).map((entry) => entry.address) : [literal];
  for (const address of addresses) {
    const range = refusalOf(address);
    if (range !== null) throw new AddressRefused(address, range);
  }
  return addresses;
}
