/**
 * Who can reach what: Temporal and Postgres must be where only trusted ones are, since whoever reaches them may do
 * everything; and what listens for people must be on loopback, or asked to be elsewhere.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '../../config.ts';
import { isLoopback } from '../../listeners/authority.ts';
import { listeningSockets } from '../../stack/servers/listening-sockets.ts';
import { ok, problem, skipped, warning, type Finding } from './finding.ts';

const PRIVATE_RANGES = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);
const WHY = 'whoever reaches it can run anything as the workers do';

export function checkBinds(config: Config): Finding[] {
  const { BATON_HOST: host, BATON_INSECURE: insecure, BATON_ALLOWED_HOSTS: names } = config;
  const also = names.map(({ name }) => name).join(', ');
  const says = `answers under loopback names${also === '' ? ' only' : ` and ${also}`}`;
  return [bindFinding(host, insecure), ok('allowed_hosts', says)];
}

function bindFinding(host: string, insecure: boolean): Finding {
  const check = 'bind';
  if (isLoopback(host)) return ok(check, `BATON_HOST=${host}: only this machine reaches what listens`);
  const remedy = 'stay on 127.0.0.1 and put a proxy with a login in front (docs/deployment.md)';
  return insecure
    ? warning(check, `BATON_HOST=${host} with BATON_INSECURE=1: whoever reaches it may do everything`, remedy)
    : problem(
        check,
        `BATON_HOST=${host} is beyond loopback: nothing starts without BATON_INSECURE=1`,
        remedy,
      );
}

/** @param place `host:port` of a server that trusts whoever calls it */
export async function checkTrusted(check: string, place: string): Promise<Finding> {
  const url = URL.canParse(`tcp://${place}`) ? new URL(`tcp://${place}`) : undefined;
  if (url === undefined || url.hostname === '') return skipped(check, `cannot tell where "${place}" is`);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const remedy =
    'bind it to loopback, or to a network that only Baton’s own programs are in (docs/deployment.md)';
  const open = isLoopback(host) ? openBinds(Number(url.port)) : [];
  if (open.length > 0) {
    return problem(check, `port ${url.port} listens on ${open.join(' and ')}: ${WHY}`, remedy);
  }
  const addresses = await addressesOf(host);
  if (addresses.length === 0) return problem(check, `${host} has no address`, 'check the name');
  const wide = addresses.filter((address) => !PRIVATE_RANGES.has(ipaddr.process(address).range()));
  if (wide.length > 0)
    return problem(check, `${host} is ${wide.join(', ')}, a public address: ${WHY}`, remedy);
  if (isLoopback(host)) return ok(check, `${place}: this machine only`);
  return ok(check, `${place}: a private address; everybody in that network is trusted, since ${WHY}`);
}

/** Addresses beyond loopback on which this port of ours listens; none where the system does not tell. */
function openBinds(port: number): string[] {
  const sockets = listeningSockets()?.filter((socket) => socket.port === port) ?? [];
  // Who listens on an address of its own besides one on loopback may be somebody else with the same number.
  return sockets.map(({ address }) => address).filter((address) => address === '0.0.0.0' || address === '::');
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
