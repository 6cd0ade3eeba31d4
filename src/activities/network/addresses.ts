/** Which addresses steps may reach: public unicast ones, and nothing else unless the worker allows private networks. */
import ipaddr from 'ipaddr.js';

/** Public by their range, but answered by the cloud's own host (Azure). */
const METADATA = new Set(['168.63.129.16']);
/** All that IANA has given out as global unicast of IPv6; what lies outside is special or nobody's. */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why an address is refused, or null when it is public. IPv4 inside IPv6 is judged as IPv4; ranges that tunnel
 * (6to4, Teredo, NAT64, IPv4-compatible) are refused, since what they lead to cannot be seen from here.
 */
export function refusalOf(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'no IP address';
  const parsed = ipaddr.process(address);
  if (METADATA.has(parsed.toString())) return 'metadata';
  const range = parsed.range();
  if (range !== 'unicast') return range;
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_V6) ? 'reserved' : null;
}
