/**
 * The name and port in a Host header, read strictly: a form that browsers do not send (userinfo, a trailing dot,
 * `127.999.1.1`, `0x7f.1`) is none, so that nobody further on can take it for something else.
 */
import { isIPv4, isIPv6 } from 'node:net';

export interface Authority {
  /** In lower case; an IPv6 address keeps its brackets. */
  readonly name: string;
  readonly port: number | undefined;
}

const FORM = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::([1-9]\d{0,4}))?$/;
/** A last label that makes a browser read the whole as an IPv4 address, in whatever spelling. */
const NUMERIC = /(^|\.)(\d+|0x[0-9a-f]*)$/;

/** undefined for what is no `host` or `host:port`. */
export function parseAuthority(text: string): Authority | undefined {
  const [, name, port] = FORM.exec(text.toLowerCase()) ?? [];
  if (name === undefined || Number(port ?? 1) > 65_535) return undefined;
  if (name.startsWith('[') ? !isIPv6(name.slice(1, -1)) : NUMERIC.test(name) && !isIPv4(name))
    return undefined;
  return { name, port: port === undefined ? undefined : Number(port) };
}

/** True for the names of this machine that no other can have: `localhost`, 127.0.0.0/8, `[::1]` or `::1`. */
export function isLoopback(name: string): boolean {
  const bare = name.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function inUrl(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}
