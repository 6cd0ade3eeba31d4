/** A name of `BATON_ALLOWED_HOSTS`: under it, beside the loopback ones, our listeners answer. */
import { parseAuthority } from './authority.ts';

/** A name that callers may use, and the origin that a page of it has. */
export interface AllowedHost {
  readonly name: string;
  /** undefined: any, for ports that are forwarded. */
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https';
}

export const STANDARD_PORTS = { http: 80, https: 443 } as const;

/**
 * `name`, `name:port`, or an origin (`https://name`), whose port is the scheme's when none is written. undefined for
 * anything else.
 */
export function parseAllowedHost(entry: string): AllowedHost | undefined {
  const [, scheme, rest] = /^(?:(https?):\/\/)?(.*)$/.exec(entry.toLowerCase()) ?? [];
  const authority = parseAuthority(rest ?? '');
  if (authority === undefined) return undefined;
  if (scheme !== 'http' && scheme !== 'https') return { ...authority, scheme: 'http' };
  return { name: authority.name, port: authority.port ?? STANDARD_PORTS[scheme], scheme };
}
