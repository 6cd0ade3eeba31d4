/**
 * What history cannot show: whether a worker has a running step, when it last gave a sign of life, and whether anybody
 * at all serves its queue. Looked up every two seconds for steps that have been under way for more than one, and kept
 * in a table that is expressly volatile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Database } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import type { ActivityPause, HistorySource, PendingActivity } from '../../temporal/history-source.ts';
import type { OpenActivity } from '../fold/run-fold.ts';
import { timeOf } from '../fold/rows.ts';
import type { RunTail } from './run-tail.ts';
import type { ProcessPause, ProcessRow } from '../../tables/stored/workflow-processes.ts';
import { replaceProcesses } from '../sql/replace-processes.ts';

const EVERY_MS = 2_000;
const UNDER_WAY_MS = 1_000;
/** Most runs looked at in one round; the others have their turn in the next. */
const MAX_RUNS = 50;
const AT_ONCE = 4;
const POLLERS_MS = 5_000;

/** An activity, and whether its execution is paused in Temporal. */
type Observed = PendingActivity & { readonly isHeld: boolean };

export interface WatchSettings {
  readonly source: HistorySource;
  readonly database: Database;
  /** Queue of steps without a capability. */
  readonly taskQueue: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly tails: () => Iterable<RunTail>;
}

export class ProcessWatch {
  readonly #settings: WatchSettings;
  readonly #pollers = new LRUCache<string, boolean>({ max: 1_000, ttl: POLLERS_MS });
  readonly #limit = pLimit(AT_ONCE);
  /** Runs of which rows stand in the table. */
  #shown = new Set<string>();
  /** Where the next round begins. */
  #turn = 0;

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** Looks until stopped. Never throws. */
  async run(): Promise<void> {
    const { signal, log } = this.#settings;
    while (!signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
      try {
        if (!signal.aborted) await this.#round();
      } catch (error) {
        if (!signal.aborted) log.debug({ err: error }, 'watching running steps failed; trying again');
      }
    }
  }

  async #round(): Promise<void> {
    const candidates = this.#candidates();
    const seen = await Promise.all(candidates.map((tail) => this.#limit(() => this.#observe(tail))));
    const rows = seen.flat();
    const runIds = new Set([...candidates.map((tail) => tail.runId), ...this.#over()]);
    if (runIds.size === 0) return;
    await this.#settings.database.query(replaceProcesses([...runIds], rows));
    for (const runId of runIds) this.#shown.delete(runId);
    for (const { run_id } of rows) this.#shown.add(run_id);
  }

  #candidates(): RunTail[] {
    const all = [...this.#settings.tails()].filter((tail) => underWay(tail).length > 0);
    const from = all.length <= MAX_RUNS ? 0 : this.#turn % all.length;
    this.#turn = from + MAX_RUNS;
    return [...all.slice(from), ...all.slice(0, from)].slice(0, MAX_RUNS);
  }

  /** Runs that are shown and have nothing under way any more. */
  #over(): string[] {
    const open = new Set<string>();
    for (const tail of this.#settings.tails()) if (underWay(tail).length > 0) open.add(tail.runId);
    return [...this.#shown].filter((runId) => !open.has(runId));
  }

  async #observe(tail: RunTail): Promise<ProcessRow[]> {
    const { source, signal } = this.#settings;
    if (tail.execution === null) return [];
    const { pendingActivities, isHeld } = await source.describe(tail.execution, signal);
    const byId = new Map(pendingActivities.map((activity) => [activity.activityId, activity]));
    const rows = underWay(tail).map(async (open) => {
      const activity = byId.get(open.id);
      return activity === undefined ? [] : [await this.#rowOf(tail.runId, open, { ...activity, isHeld })];
    });
    return (await Promise.all(rows)).flat();
  }

  async #rowOf(runId: string, open: OpenActivity, activity: Observed): Promise<ProcessRow> {
    const queue = activity.options.queue ?? open.queue ?? open.capability ?? this.#settings.taskQueue;
    const isWaiting = activity.state === 'scheduled' && !(await this.#hasPollers(queue));
    const { lastHeartbeatMs, pause, options } = activity;
    return {
      run_id: runId,
      step: open.step,
      activity_id: activity.activityId,
      state: activity.state,
      attempt: activity.attempt,
      queue,
      worker: activity.worker,
      last_heartbeat_at: lastHeartbeatMs === null ? null : timeOf(lastHeartbeatMs),
      ...(isWaiting
        ? {
            waiting_for: waitingFor(open.capability, queue, this.#settings.taskQueue),
            unserved_queue: pause === null ? queue : null,
          }
        : waitTold(activity)),
      observed_at: timeOf(Date.now()),
      pause: pause === null ? null : pauseJson(pause),
      options,
    };
  }

  async #hasPollers(queue: string): Promise<boolean> {
    const known = this.#pollers.get(queue);
    if (known !== undefined) return known;
    const has = await this.#settings.source.hasPollers(queue, this.#settings.signal);
    this.#pollers.set(queue, has);
    return has;
  }
}

/** What holds it up where workers serve its queue: an operator, or what it says itself. */
function waitTold(activity: Observed): Pick<ProcessRow, 'waiting_for' | 'unserved_queue'> {
  const held = holdUp(activity);
  if (held !== null) return { waiting_for: held, unserved_queue: null };
  const { waits_for = null, unserved_queue = null } = activity.wait ?? {};
  return { waiting_for: waits_for, unserved_queue };
}

/** What an operator does to an activity stands in no history: this is all that tells of it. */
function holdUp({ pause, state, isHeld }: Observed): string | null {
  if (pause === null) return isHeld && state === 'scheduled' ? 'the run, which is paused in Temporal' : null;
  const who = pause.by === null ? '' : ` by ${pause.by}`;
  const why = pause.reason === null ? '' : ` (${pause.reason})`;
  return `its activity to be unpaused in Temporal, where it was paused${who}${why}`;
}

function pauseJson({ by, reason, sinceMs }: ActivityPause): ProcessPause {
  return { by, reason, since: sinceMs === null ? null : timeOf(sinceMs) };
}

/** @param ownQueue of workers without capabilities */
function waitingFor(capability: string | null, queue: string, ownQueue: string): string {
  if (queue === capability) return `a worker for capability ${capability} (task queue ${queue})`;
  const who = queue === ownQueue ? 'a worker' : 'the worker that holds the workspace';
  return `${who} (task queue ${queue})`;
}

function underWay(tail: RunTail): readonly OpenActivity[] {
  const since = timeOf(Date.now() - UNDER_WAY_MS);
  return tail.fold?.openActivities().filter(({ scheduledAt }) => scheduledAt < since) ?? [];
}
