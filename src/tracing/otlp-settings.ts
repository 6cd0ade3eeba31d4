/**
 * Where spans go, from the names that OpenTelemetry has for it (its specification of exporters). Nothing here throws: what
 * is wrong turns the export off, with the reason, and harms nothing else.
 */
import type { Config } from '../config.ts';

export interface OtlpSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'protobuf' | 'json';
  /** Longest that one request may take, in ms. */
  readonly timeoutMs: number;
  /** What the spans are of: `service.name` and whatever else was set. */
  readonly resource: Readonly<Record<string, string>>;
}

/** `off`: nobody wants them; `wrong`: somebody does, and has to be told why they do not come. */
export type OtlpChoice = OtlpSettings | { readonly off: true } | { readonly wrong: string };

export type OtlpConfig = Pick<
  Config,
  | 'OTEL_SDK_DISABLED'
  | 'OTEL_TRACES_EXPORTER'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_HEADERS'
  | 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'
  | 'OTEL_EXPORTER_OTLP_PROTOCOL'
  | 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
  | 'OTEL_EXPORTER_OTLP_TIMEOUT'
  | 'OTEL_SERVICE_NAME'
  | 'OTEL_RESOURCE_ATTRIBUTES'
>;

const ENCODINGS: Readonly<Record<string, OtlpSettings['encoding']>> = {
  'http/protobuf': 'protobuf',
  'http/json': 'json',
};
const TIMEOUT_MS = 10_000;
const MOST_TIMEOUT_MS = 20_000;

export function otlpSettings(config: OtlpConfig): OtlpChoice {
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff = config.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || endpoint === undefined;
  if (isOff || config.OTEL_TRACES_EXPORTER === 'none') return { off: true };
  if (!isWeb(endpoint)) return { wrong: 'the OTLP endpoint is no http:// or https:// address' };
  const protocol = config.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? config.OTEL_EXPORTER_OTLP_PROTOCOL;
  const encoding = ENCODINGS[protocol ?? 'http/protobuf'];
  if (encoding === undefined)
    return {
      wrong: `OTLP over "${protocol}" is not spoken here; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
    };
  const isWhole = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
  return {
    url: isWhole ? endpoint : `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: pairsOf(config.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? config.OTEL_EXPORTER_OTLP_HEADERS),
    encoding,
    timeoutMs: timeoutOf(config.OTEL_EXPORTER_OTLP_TIMEOUT),
    resource: {
      'service.name': 'baton',
      ...pairsOf(config.OTEL_RESOURCE_ATTRIBUTES),
      ...(config.OTEL_SERVICE_NAME !== undefined && { 'service.name': config.OTEL_SERVICE_NAME }),
    },
  };
}

export function isExporting(config: OtlpConfig): boolean {
  return 'url' in otlpSettings(config);
}

function isWeb(endpoint: string): boolean {
  return URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol);
}

/** Of each request, in ms: ten seconds where nothing sensible is said, and never so long that others take the spans over. */
function timeoutOf(text: string | undefined): number {
  const told = Number(text);
  return text !== undefined && told > 0 ? Math.min(told, MOST_TIMEOUT_MS) : TIMEOUT_MS;
}

/** `name=value,name=value`, with values percent-encoded. What is not in this form is left out. */
function pairsOf(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').flatMap((part): [string, string][] => {
    const cut = part.indexOf('=');
    const name = part.slice(0, Math.max(cut, 0)).trim();
    return name === '' ? [] : [[name, decoded(part.slice(cut + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
