/**
 * Finds executions: by hints at once, and by a sweep over Temporal's list every second, so that what operators start,
 * schedules start and resets make shows up too. The list lags behind, so each sweep looks back some seconds, and once
 * a minute further. The first looks at everything that Temporal still has, unless that was done within a day: then at what
 * came since somebody has looked last.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Database } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import { LONG_POLL_MS } from '../../temporal/history-source.ts';
import type {
  ExecutionId,
  HistoryPage,
  HistorySource,
  ListedExecution,
} from '../../temporal/history-source.ts';
import { decodeEvent } from '../decode-event.ts';
import { timeOf } from '../fold/rows.ts';
import type { Pulse } from '../metrics/pulse.ts';
import { findListed, keepNewest, keepWhole, type Listed } from './listed-executions.ts';
import { registerExecutions } from '../sql/register-executions.ts';

const SWEEP_MS = 1_000;
const LOOK_BACK_MS = 10_000;
const LOOK_FAR_BACK_MS = 10 * 60_000;
/** Every so many sweeps one looks far back. */
const FAR_EVERY = 60;
const KNOWN = 20_000;
/** What the list showed too late for those who look back is found by then. */
const WHOLE_EVERY_HOURS = 24;

export interface DiscoverySettings {
  readonly source: HistorySource;
  readonly database: Database;
  readonly taskQueue: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly pulse: Pulse;
  /** An execution of this run was not known before; its first page, when that is at hand. */
  readonly onFound: (runId: string, first?: FirstPage) => void;
}

/** Where an execution's history begins. */
export interface FirstPage {
  readonly executionId: string;
  readonly page: HistoryPage;
}

export class Discovery {
  readonly #settings: DiscoverySettings;
  /** Executions that are registered: they need not be written again. */
  readonly #known = new LRUCache<string, true>({ max: KNOWN });
  /** Start of the newest execution seen, by Temporal's clock; null: everything is to be listed. */
  #newestMs: number | null = null;
  #listed: Listed | null = null;
  #sweeps = 0;
  #isAway = false;

  constructor(settings: DiscoverySettings) {
    this.#settings = settings;
  }

  /** Sweeps until stopped. Never throws. @param onSwept called after each sweep that went through */
  async run(onSwept: () => void): Promise<void> {
    const { signal } = this.#settings;
    while (!signal.aborted) {
      if (await this.#trySweep()) onSwept();
      await sleep(SWEEP_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Takes a hint: the execution's first page, which is needed anyway, says all there is to know. Never throws. */
  async takeHint(execution: ExecutionId): Promise<void> {
    const { source, signal, log } = this.#settings;
    if (this.#known.has(execution.executionId)) return;
    try {
      const page = await source.page(execution, null, { ms: LONG_POLL_MS, wait: true, signal });
      const found = foundIn(execution, page) ?? (await source.describe(execution, signal));
      await this.#register([found], { executionId: execution.executionId, page });
    } catch (error) {
      log.debug({ err: error, run: execution.runId }, 'a hint came to nothing; the sweep will find it');
    }
  }

  async #trySweep(): Promise<boolean> {
    const { log, signal, pulse } = this.#settings;
    try {
      await this.#sweep();
      pulse.beat('discovery');
      if (this.#isAway) log.info('Temporal and Postgres answer again');
      this.#isAway = false;
      return true;
    } catch (error) {
      pulse.miss('discovery', error);
      if (!this.#isAway && !signal.aborted) {
        log.warn({ err: error }, 'looking for runs failed; trying again until it works');
      }
      this.#isAway = true;
      return false;
    }
  }

  async #sweep(): Promise<void> {
    const { source, taskQueue, signal } = this.#settings;
    const listed = (this.#listed ??= await this.#recall());
    const isFar = this.#sweeps % FAR_EVERY === 0;
    const lookBack = isFar ? LOOK_FAR_BACK_MS : LOOK_BACK_MS;
    const before = this.#newestMs;
    const since = before === null ? null : before - lookBack;
    let newest = before ?? 0;
    for await (const executions of source.list(taskQueue, since, signal)) {
      await this.#register(executions);
      newest = Math.max(newest, ...executions.map(({ startMs }) => startMs));
    }
    // Only now: whoever was interrupted has not seen the older ones.
    if (newest > 0) this.#newestMs = newest;
    this.#sweeps += 1;
    if (newest === 0) return;
    if (before === null) await this.#settings.database.query(keepWhole(listed, newest));
    else if (isFar) await this.#settings.database.query(keepNewest(listed, newest));
  }

  async #recall(): Promise<Listed> {
    const { source, taskQueue, signal, database } = this.#settings;
    const listed = { namespaceId: await source.namespaceId(signal), taskQueue };
    const { rows } = await database.query<{ newest_at: Date }>(findListed(listed, WHOLE_EVERY_HOURS));
    this.#newestMs = rows[0]?.newest_at.getTime() ?? null;
    return listed;
  }

  async #register(executions: readonly ListedExecution[], first?: FirstPage): Promise<void> {
    const unknown = executions.filter(({ executionId }) => !this.#known.has(executionId));
    if (unknown.length === 0) return;
    const found = unknown.map(({ startMs, ...rest }) => ({ ...rest, startedAt: timeOf(startMs) }));
    const { rows } = await this.#settings.database.query<{ run_id: string }>(registerExecutions(found));
    for (const { executionId } of unknown) this.#known.set(executionId, true);
    for (const { run_id } of rows) this.#settings.onFound(run_id, first);
  }
}

/** What the first event says of the execution; of a reset one it says when the base began, which will not do. */
function foundIn(execution: ExecutionId, { events }: HistoryPage): ListedExecution | null {
  const [first] = events;
  const started = first === undefined ? null : decodeEvent(first);
  if (started?.kind !== 'started' || started.originalExecutionId !== execution.executionId) return null;
  return { ...execution, workflowType: started.workflowType, startMs: started.timeMs };
}
