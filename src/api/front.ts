/** What stands between HTTP and the service: made once per app. */
import type { Config } from '../config.ts';
import type { Logger } from '../log/log.ts';
import type { Scope } from '../mcp/scope.ts';
import { createService, type Service, type ServiceDeps } from '../service/index.ts';
import { ADMISSION_LIMITS, Admission, type AdmissionLimits } from './http/admission.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';

export interface ApiDeps extends Omit<ServiceDeps, 'config' | 'registry'> {
  readonly config: ServiceDeps['config'] &
    Pick<Config, 'BATON_HOST' | 'BATON_ALLOWED_HOSTS' | 'BATON_MCP_SCOPE'>;
  /** How long a live reader may take nothing, and a caller of gRPC say nothing, before it is cut off; 30,000 ms unless told. */
  readonly readerStallMs?: number;
  /** When an answer that waits for nothing but the tables is given, from the request on; 450 ms unless told. */
  readonly answerMs?: number;
  /** What is taken in at once; for tests. */
  readonly admission?: AdmissionLimits;
}

export interface Front {
  readonly service: Service;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** What clients of `/mcp` may do at most. */
  readonly mcpScopes: readonly Scope[];
  /** Aborted when the process is about to end. */
  readonly closing: AbortSignal;
  readonly readerStallMs: number;
  readonly answerMs: number;
}

export function createFront({ readerStallMs = 30_000, answerMs = 450, admission, ...deps }: ApiDeps): Front {
  const { log, closing = new AbortController().signal } = deps;
  const metrics = createMetrics();
  const { registry } = metrics;
  return {
    service: createService({ ...deps, closing, registry }),
    admission: new Admission(admission ?? ADMISSION_LIMITS, registry),
    metrics,
    log,
    mcpScopes: deps.config.BATON_MCP_SCOPE,
    closing,
    readerStallMs,
    answerMs,
  };
}
