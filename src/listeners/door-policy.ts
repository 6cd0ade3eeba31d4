/**
 * Under which names a listener answers: loopback ones, the address it is bound to, and those of `BATON_ALLOWED_HOSTS`.
 * And whether it may listen at all: beyond loopback everybody who reaches it may do everything, so that must be asked
 * for.
 */
import { InvalidError } from '../errors/errors.ts';
import { STANDARD_PORTS, type AllowedHost } from './allowed-host.ts';
import { inUrl, isLoopback, parseAuthority, type Authority } from './authority.ts';

export interface DoorPolicy {
  readonly hosts: readonly AllowedHost[];
  /**
   * A page of our own origin may send what a form could send too. Only for pages that are not ours and do so (the
   * Temporal UI).
   */
  readonly ownPagesSendText: boolean;
}

/** Of the environment (`src/config.ts`). */
interface DoorSettings {
  readonly BATON_HOST: string;
  readonly BATON_ALLOWED_HOSTS: readonly AllowedHost[];
}

/** Binds that are no names: browsers would take them for this machine. */
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** The policy of a listener with these settings. */
export function doorPolicy(settings: DoorSettings, options: Partial<DoorPolicy> = {}): DoorPolicy {
  const bound = EVERYWHERE.has(settings.BATON_HOST) ? undefined : parseAuthority(inUrl(settings.BATON_HOST));
  const own = bound === undefined ? [] : [{ ...bound, scheme: 'http' as const }];
  return {
    ownPagesSendText: false,
    hosts: [...own, ...settings.BATON_ALLOWED_HOSTS],
    ...options,
  };
}

/** The origins that a page served under this name has; none when the name is not allowed. */
export function originsOf(policy: DoorPolicy, { name, port }: Authority, localAddress: string): string[] {
  const fits = (host: AllowedHost) =>
    host.name === name && (host.port === undefined || host.port === (port ?? STANDARD_PORTS[host.scheme]));
  const schemes = policy.hosts.filter(fits).map((host) => host.scheme);
  // An address that the connection really came to: no name leads there that its asker could have made up.
  if (isLoopback(name) || name === inUrl(localAddress)) schemes.push('http');
  return [...new Set(schemes)].map((scheme) => originOf(scheme, name, port));
}

function originOf(scheme: 'http' | 'https', name: string, port: number | undefined): string {
  const standard = port === undefined || port === STANDARD_PORTS[scheme];
  return `${scheme}://${name}${standard ? '' : `:${port}`}`;
}

interface OpenSettings {
  readonly BATON_HOST: string;
  readonly BATON_INSECURE: boolean;
}

/**
 * A warning when what listens is open to everybody who reaches it; undefined on loopback.
 *
 * @throws InvalidError `insecure_bind` when that was not asked for with `BATON_INSECURE=1`.
 */
export function openToOthers(settings: OpenSettings): string | undefined {
  const { BATON_HOST: host } = settings;
  if (isLoopback(host)) return undefined;
  const what = `BATON_HOST=${host} lets everybody who reaches it publish, start and steer runs without a login`;
  if (settings.BATON_INSECURE) return `${what} (BATON_INSECURE=1)`;
  throw new InvalidError(
    'insecure_bind',
    `${what}. Stay on 127.0.0.1 and put a proxy with a login in front (docs/deployment.md), or say ` +
      'BATON_INSECURE=1 where only trusted ones reach it, such as in a network of its own.',
  );
}
