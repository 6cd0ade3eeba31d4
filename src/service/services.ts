/** What the use cases work with: made once from what the process has. */
import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import { Registry } from 'prom-client';
import { readAgentFiles } from '../agent-files/index.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { AgentFiles } from '../definition/index.ts';
import type { Logger } from '../log/log.ts';
import { keyringOf, type Keyring } from '../secrets/keyring.ts';
import { PostgresStreamer } from '../streaming/postgres-streamer.ts';
import type { Streamer } from '../streaming/streamer.ts';
import { AuditLog } from './audit/audit-log.ts';
import { BundleDesk } from './bundles/bundle-desk.ts';
import type { Call } from './call.ts';
import { RunChanges } from './changes/run-changes.ts';
import { Compiler } from '../compiling/compiler.ts';
import { Layouter } from '../layout/layouter.ts';
import { PlanCache } from './definitions/plan-cache.ts';
import { RunFeeds } from './events/run-feeds.ts';
import { CommandOutbox } from './messages/command-outbox.ts';
import { ReceiptDesk } from './messages/receipt-desk.ts';
import { NodeGate } from './nodes/node-gate.ts';
import { RunCache } from './runs/run-cache.ts';
import { ViewCounts } from './saved-views/view-counts.ts';
import { createMetrics } from './upkeep/metrics.ts';
import { ReadinessDesk } from './upkeep/readiness.ts';
import { Room } from './upkeep/room.ts';
import { TableFigures } from './upkeep/table-figures.ts';
import { publicUrlOf } from '../webhooks/settings.ts';
import { createEngine, type Engine } from './ways/engine.ts';
import { createStore, type Store } from './ways/store.ts';

export interface ServiceDeps {
  readonly database: Database;
  readonly temporal: Client;
  readonly config: Pick<
    Config,
    'BATON_TASK_QUEUE' | 'BATON_AGENTS' | 'BATON_CACHE_RUNS' | 'BATON_CACHE_SECONDS'
  > &
    Partial<
      Pick<
        Config,
        | 'BATON_TEMPORAL_UI'
        | 'BATON_RESERVE'
        | 'BATON_HOME'
        | 'BATON_SIGNING_KEY'
        | 'BATON_SEALING_KEY'
        | 'BATON_PUBLIC_URL'
        | 'BATON_PORT'
        | 'BATON_ALLOW_PRIVATE_NETWORK'
      >
    >;
  readonly log: Logger;
  /** What models say; through Postgres unless told. */
  readonly streamer?: Pick<Streamer, 'read' | 'watch'>;
  /** Aborted when the process is about to end: whatever is followed then ends, and its readers come back elsewhere. */
  readonly closing?: AbortSignal;
  /** How long an answer waits for the projector; 2,000 ms unless told. */
  readonly projectionWaitMs?: number;
  /** How long an answer waits for its row in the audit log; 1,000 ms unless told. */
  readonly auditWaitMs?: number;
  /** Where the service registers its metrics; nobody reads them unless told. */
  readonly registry?: Registry;
}

export interface Services {
  readonly audit: AuditLog;
  readonly store: Store;
  readonly engine: Engine;
  readonly changes: RunChanges;
  readonly feeds: RunFeeds;
  /** What models say, while they say it. */
  readonly streamer: Pick<Streamer, 'read' | 'watch'>;
  readonly outbox: CommandOutbox;
  readonly receipts: ReceiptDesk;
  /** Single runs, as their rows are at the moment. */
  readonly runs: RunCache;
  /** Plans of runs that are edited. */
  readonly plans: PlanCache;
  /** How many runs are in saved views. */
  readonly viewCounts: ViewCounts;
  /** Compiles definitions beside the loop. */
  readonly compiler: Compiler;
  /** Draws graphs beside the loop. */
  readonly layouter: Layouter;
  /** Whether there is room to write. */
  readonly room: Room;
  readonly readiness: ReadinessDesk;
  readonly tableFigures: TableFigures;
  /** Writes bundles of runs. */
  readonly bundles: BundleDesk;
  /** Seals secrets that are kept. */
  readonly keyring: Keyring;
  /** Where nodes come in. */
  readonly nodes: NodeGate;
  /** Where people find Baton, without a slash at its end. */
  readonly publicUrl: string;
  /** May webhooks lead to this machine and private networks? */
  readonly allowPrivate: boolean;
  /** Read anew each time. */
  readonly agentFiles: () => Promise<AgentFiles>;
  readonly log: Logger;
  readonly closing: AbortSignal;
  readonly projectionWaitMs: number;
}

/** The same, for one call. */
export interface Scope extends Services {
  readonly call: Call;
}

export function createServices(deps: ServiceDeps): Services {
  const closing = deps.closing ?? new AbortController().signal;
  // Whatever is followed listens to it.
  setMaxListeners(0, closing);
  const { BATON_CACHE_RUNS: runs, BATON_CACHE_SECONDS: seconds } = deps.config;
  const waitMs = deps.projectionWaitMs ?? 2_000;
  const registry = deps.registry ?? new Registry();
  const metrics = createMetrics(registry);
  const store = createStore(deps.database, metrics.countQuery);
  const room = new Room(deps.config.BATON_RESERVE);
  const engine = createEngine(deps.temporal, deps.config.BATON_TASK_QUEUE);
  const changes = new RunChanges(deps.database, deps.log);
  return {
    audit: new AuditLog(store, deps.log, deps.auditWaitMs),
    store,
    engine,
    changes,
    feeds: new RunFeeds({ store, changes, log: deps.log }),
    streamer: deps.streamer ?? new PostgresStreamer(deps.database, deps.log),
    outbox: new CommandOutbox((runId, messages) => engine.signal(runId, messages)),
    receipts: new ReceiptDesk({ store, changes, log: deps.log, waitMs }),
    runs: new RunCache(store, { runs, seconds }, metrics.countRunRead),
    plans: new PlanCache(),
    viewCounts: new ViewCounts(store),
    publicUrl: publicUrlOf(deps.config),
    allowPrivate: deps.config.BATON_ALLOW_PRIVATE_NETWORK ?? false,
    compiler: new Compiler(),
    layouter: new Layouter(),
    room,
    readiness: new ReadinessDesk({ store, engine, room }),
    tableFigures: new TableFigures(store, registry, deps.log),
    bundles: new BundleDesk({
      database: deps.database,
      seed: deps.config.BATON_SIGNING_KEY,
      home: deps.config.BATON_HOME,
    }),
    keyring: keyringOf(deps.config.BATON_SEALING_KEY ?? []),
    nodes: new NodeGate({ store, database: deps.database, log: deps.log }),
    agentFiles: () => readAgentFiles(deps.config.BATON_AGENTS),
    log: deps.log,
    closing,
    projectionWaitMs: waitMs,
  };
}
