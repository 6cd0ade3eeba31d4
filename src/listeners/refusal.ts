/**
 * What every listener of ours asks of a request before it looks at it, so that no web page can be a way in:
 *
 * - exactly one Host, and one that is allowed (DNS rebinding),
 * - an Origin, where there is one, that is that host's own, to the scheme and port; `null` is nobody's,
 * - no marks of a foreign page where a browser leaves the Origin out,
 * - for whatever changes something a Content-Type that a foreign page cannot send without asking first.
 *
 * Programs send no Origin and are not concerned by the second and third.
 */
import type { IncomingMessage } from 'node:http';
import { parseAuthority } from './authority.ts';
import { originsOf, type DoorPolicy } from './door-policy.ts';

/** Why a request is not answered. */
export interface Refusal {
  readonly code: 'host_refused' | 'cross_origin' | 'unsupported_media_type';
  readonly status: 403 | 415;
  readonly message: string;
}

/** The part of a request that is looked at. */
export type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'> & {
  readonly socket: { readonly localAddress?: string | undefined };
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** What a form, or a script of any page without asking, can send. */
const SIMPLE_TYPES = new Set(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']);
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** Why this request is refused; undefined when it is not. */
export function refusalOf(policy: DoorPolicy, request: Asked): Refusal | undefined {
  const isOwnPage = policy.ownPagesSendText && request.headersDistinct['origin'] !== undefined;
  return callerRefusalOf(policy, request) ?? (isOwnPage ? undefined : bodyRefusalOf(request));
}

/** The part that concerns who calls, and under which name. */
export function callerRefusalOf(policy: DoorPolicy, request: Asked): Refusal | undefined {
  const origins = ownOrigins(policy, request);
  if (origins.length === 0) return refuse('host_refused', hostMessage(request));
  const origin = request.headersDistinct['origin'];
  if (origin !== undefined && !(origin.length === 1 && origins.includes(origin[0] ?? ''))) {
    return refuse(
      'cross_origin',
      `A page of ${shown(origin)} may not call this API. Call it from its own origin.`,
    );
  }
  if (origin === undefined && isFromForeignPage(request)) {
    return refuse(
      'cross_origin',
      'A page of another origin may not call this API. Call it from its own origin.',
    );
  }
  return undefined;
}

/** Empty when the Host is missing, sent twice, malformed or not allowed, or when the target names a host itself. */
function ownOrigins(policy: DoorPolicy, request: Asked): string[] {
  const { host = [] } = request.headersDistinct;
  const authority = host.length === 1 ? parseAuthority(host[0] ?? '') : undefined;
  const isPath = request.url?.startsWith('/') || (request.method === 'OPTIONS' && request.url === '*');
  if (authority === undefined || !isPath) return [];
  const localAddress = request.socket.localAddress?.replace(/^::ffff:/, '') ?? '';
  return originsOf(policy, authority, localAddress);
}

/** Browsers tell where a request comes from. A link that is followed from elsewhere is welcome; all else is not. */
function isFromForeignPage(request: Asked): boolean {
  const site = request.headersDistinct['sec-fetch-site'] ?? [];
  if (!site.some((one) => one !== 'same-origin' && one !== 'none')) return false;
  const mode = request.headersDistinct['sec-fetch-mode'] ?? [];
  return !(SAFE_METHODS.has(request.method ?? '') && mode.join() === 'navigate');
}

/** The part that concerns what is sent. */
export function bodyRefusalOf(request: Asked): Refusal | undefined {
  if (SAFE_METHODS.has(request.method ?? '') || !hasBody(request)) return undefined;
  const types = request.headersDistinct['content-type'] ?? [];
  const essence = types[0]?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (types.length === 1 && MEDIA_TYPE.test(essence) && !SIMPLE_TYPES.has(essence)) return undefined;
  const message = `The body's Content-Type is ${shown(types)}. Send application/json, or what the route takes.`;
  return refuse('unsupported_media_type', message);
}

function hasBody({ headersDistinct }: Asked): boolean {
  const lengths = headersDistinct['content-length'] ?? [];
  return headersDistinct['transfer-encoding'] !== undefined || lengths.some((one) => Number(one) !== 0);
}

function hostMessage({ headersDistinct, url }: Asked): string {
  const asked = url?.startsWith('/') ? shown(headersDistinct['host'] ?? []) : `"${url}"`;
  return `Nothing is served as ${asked}: loopback only, and what BATON_ALLOWED_HOSTS names. Use 127.0.0.1, or add it there.`;
}

const refuse = (code: Refusal['code'], message: string): Refusal => ({
  code,
  status: code === 'unsupported_media_type' ? 415 : 403,
  message,
});

const shown = (values: readonly string[]): string =>
  values.length === 0 ? 'none' : values.map((value) => JSON.stringify(value.slice(0, 200))).join(' and ');
