/**
 * Baton's use cases, whichever way somebody comes to them: they take requests in the form of the contract, and answer in
 * it or throw one of the few errors. They know of no transport.
 *
 * A transport makes a {@link Call} of each request (who calls, until when he wants his answer), asks for the use cases
 * as that call may have them, and renders what comes of it. A call that would change something has a {@link Trail},
 * which its transport ends with the outcome.
 */
import { Trail, type Arrival } from './audit/trail.ts';
import type { Call } from './call.ts';
import { createServices, type ServiceDeps } from './services.ts';
import type { About, Readiness } from '../contract/health.ts';
import { batonVersion } from '../places.ts';
import type { NodeGate } from './nodes/node-gate.ts';
import { binderOf, type Bound } from './use-case.ts';
import { USE_CASES } from './use-cases.ts';

export type UseCases = Bound<typeof USE_CASES>;

export interface Service {
  /** The use cases, as this call may have them. */
  for(call: Call): UseCases;
  /** Begins the record of a call that would change something; nothing is written before it is refused, or begins. */
  record(arrival: Arrival): Trail;
  /** Which Baton this is, and where its Temporal can be looked at. */
  readonly about: About;
  /** Where nodes come in that come by themselves. */
  readonly nodes: Pick<NodeGate, 'join'>;
  /** Whether what the service needs is there. Never throws. */
  lookAround(): Promise<Readiness['dependencies']>;
  /** Reads the figures of the tables into the registry, unless they are fresh. Never throws. */
  refreshFigures(): Promise<void>;
}

/** Opens nothing itself: connections come with what it is given. Works while Temporal or Postgres is away. */
export function createService(deps: ServiceDeps): Service {
  const services = createServices(deps);
  const bind = binderOf(USE_CASES);
  return {
    for: (call) => bind({ ...services, call }),
    record: (arrival) => new Trail(services.audit, arrival),
    about: aboutOf(deps),
    nodes: services.nodes,
    lookAround: () => services.readiness.look(),
    refreshFigures: () => services.tableFigures.refresh(),
  };
}

function aboutOf({ config, temporal }: ServiceDeps): About {
  const { BATON_TEMPORAL_UI: ui = null, BATON_TASK_QUEUE: queue } = config;
  return {
    version: batonVersion(),
    temporal: { namespace: temporal.options.namespace, ui: ui?.replace(/\/+$/, '') ?? null },
    task_queue: queue,
  };
}
