/**
 * Follows one run: its executions one after the other, each page folded in memory and written whole.
 *
 *     loading ──▶ following ──(execution closed)──▶ loading the next … ──▶ done: nothing of the run is open
 *        ▲            │
 *        └────────────┘ refused by the fence, a broken write, a late predecessor
 *                     │
 *                     └──▶ left: it is for a newer Baton; the lease is given back, and nothing of the page is written
 *
 * What is in memory always equals what is stored: whenever a write is refused or fails, it is dropped and folded
 * again from the stored events. Only the holder of an execution's lease writes; the lease saves work, the cursor is
 * what keeps two projectors from writing the same page.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import { encodeHistoryEvent, eventIdOf, isProvisional } from '../../temporal/history-event.ts';
import type { HistoryEvent } from '../../temporal/history-event.ts';
import { failureOf } from '../../temporal/history-source.ts';
import type { ExecutionId, HistoryPage, HistorySource, PageToken } from '../../temporal/history-source.ts';
import { decodeEvent } from '../decode-event.ts';
import type { FirstPage } from './discovery.ts';
import type { RecordedEvent } from '../fold/recorded-event.ts';
import { RunFold } from '../fold/run-fold.ts';
import { NO_CHANGES, timeOf } from '../fold/rows.ts';
import type { Changes } from '../fold/rows.ts';
import { metrics } from '../metrics/metrics.ts';
import { observeEvents } from '../metrics/observe-events.ts';
import type { FoundExecution, PageWrite, RawEvent } from '../page-write.ts';
import type { PageWriter } from '../page-writer.ts';
import type { PollBudget, Turn } from './poll-budget.ts';
import { rebuildRun } from '../rebuild/rebuild-run.ts';
import { claimExecution } from '../sql/claim-execution.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
import { markSourceGone } from '../sql/mark-source-gone.ts';
import { releaseRun } from '../sql/release-leases.ts';
import { foldStored, isOfNewerBaton, readExecutions } from '../rebuild/stored-run.ts';
import { spansOfPage } from '../tracing/spans-of-page.ts';

/** After a page with events: lets the server work, and more events gather. */
const BREATH_MS = 25;
/** The same where the run had been quiet for that long: somebody has asked something of it, and waits. */
const SHORT_BREATH_MS = 5;
const QUIET_MS = 250;
/** The history ends without a close: the server has lost its place. */
const LOST_PLACE_MS = 2_000;
/** Between two looks at an execution that an operator has paused in Temporal: its history cannot be waited for. */
const HELD_MS = 1_000;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 2_000;

export interface TailContext {
  readonly database: Database;
  /** For what may take its time: writing a whole run anew. */
  readonly patientDatabase: Database;
  readonly source: HistorySource;
  readonly writer: PageWriter;
  readonly polls: PollBudget;
  readonly owner: string;
  readonly log: Logger;
  /** Spans are made of what ends. */
  readonly tracing: boolean;
  /** An execution of this run may be new. */
  readonly onFound: (runId: string) => void;
  /** Ends all tails. */
  readonly signal: AbortSignal;
}

/** What became of following an execution. */
type TailEnd = 'closed' | 'reload' | 'gone' | 'stopped';

export class RunTail {
  readonly runId: string;
  readonly #context: TailContext;
  readonly #log: Logger;
  #fold: RunFold | null = null;
  #execution: ExecutionId | null = null;
  #workflowType = '';
  #cursor = 0;
  /** A later execution was folded before this one was known: only raw events are written, then the run is rebuilt. */
  #isLate = false;
  /** What came before is in an archive's file: only raw events are written, and the import rebuilds the run. */
  #isArchived = false;
  #lastEventAt = Date.now();

  /** Where an execution begins, when somebody has looked already. */
  #first: FirstPage | null;

  constructor(runId: string, context: TailContext, first: FirstPage | null = null) {
    this.#first = first;
    this.runId = runId;
    this.#context = context;
    this.#log = context.log.child({ run: runId });
  }

  /** The execution that is followed, while one is. */
  get execution(): ExecutionId | null {
    return this.#execution;
  }

  /** The run as far as it is folded. */
  get fold(): RunFold | null {
    return this.#fold;
  }

  /**
   * Resolves when nothing of the run is open, somebody else follows it, or everything is stopped: with `left` where it is
   * for a newer Baton. Never throws.
   */
  async follow(): Promise<'left' | 'ended'> {
    let delay = FIRST_DELAY_MS;
    while (!this.#context.signal.aborted) {
      try {
        const before = this.#cursor;
        if (!(await this.#followNext())) return 'ended';
        if (this.#cursor !== before) delay = FIRST_DELAY_MS;
      } catch (error) {
        this.#drop();
        if (isOfNewerBaton(error)) return await this.#leave(error);
        this.#log.warn({ err: error, delay }, 'following a run was interrupted; trying again');
        await this.#pause(delay);
        delay = Math.min(delay * 2, MAX_DELAY_MS);
      }
    }
    return 'ended';
  }

  /** Another projector need not wait for the lease. Where that cannot be given back it ends by itself. */
  async #leave(error: unknown): Promise<'left'> {
    const { database, owner } = this.#context;
    this.#log.warn({ err: error }, 'the run is for a newer Baton: it is left to a newer projector');
    await database.query(releaseRun(this.runId, owner)).catch(() => {});
    return 'left';
  }

  /** Follows the next open execution to its end; false when there is none for us. */
  async #followNext(): Promise<boolean> {
    if (!(await this.#load())) return false;
    const outcome = await this.#followExecution();
    if (outcome === 'closed' && this.#isLate) {
      if (!this.#isArchived) await rebuildRun(this.#context.patientDatabase, this.runId);
      this.#drop();
    }
    if (outcome === 'reload' || outcome === 'gone') this.#drop();
    return outcome !== 'stopped';
  }

  /** Takes the first open execution of the run and brings the fold to its cursor. */
  async #load(): Promise<boolean> {
    const { database, owner } = this.#context;
    const executions = await readExecutions(database, this.runId);
    const at = executions.findIndex((row) => row.close_status === null && !row.source_gone);
    const open = executions[at];
    if (open === undefined) return false;
    const { rows } = await database.query<{ cursor: number }>(claimExecution(open.execution_id, owner));
    const claimed = rows[0];
    if (claimed === undefined) return false;
    this.#isArchived = open.archived;
    this.#isLate = open.archived || executions.slice(at + 1).some((row) => row.cursor > 0);
    if (!open.archived) await this.#foldUpTo(executions.slice(0, at + 1), claimed.cursor);
    else this.#fold = new RunFold(this.runId);
    this.#execution = { runId: this.runId, executionId: open.execution_id };
    this.#workflowType = open.workflow_type;
    this.#cursor = claimed.cursor;
    return true;
  }

  /** Goes on with the fold in memory when it ends exactly where the execution begins, else folds what is stored. */
  async #foldUpTo(executions: readonly ExecutionRow[], cursor: number): Promise<void> {
    const before = executions.at(-2)?.execution_id;
    const next = executions.at(-1)?.execution_id;
    const fits = cursor === 0 && before !== undefined && before === this.#execution?.executionId;
    if (this.#fold !== null && fits && next !== undefined) {
      this.#fold.beginExecution(next);
      return;
    }
    this.#fold = await foldStored(this.#context.database, this.runId, executions);
    this.#fold.takeChanges();
  }

  #drop(): void {
    this.#fold = null;
    this.#execution = null;
  }

  async #followExecution(): Promise<TailEnd> {
    let token: PageToken | null = null;
    let movedAt = performance.now();
    while (!this.#context.signal.aborted) {
      const page: HistoryPage | TailEnd | null = await this.#poll(token);
      if (typeof page === 'string') return page;
      if (page === null) {
        token = null;
        continue;
      }
      const events = newEvents(page.events, this.#cursor);
      if (events.length > 0) {
        const quietMs = performance.now() - movedAt;
        const outcome = await this.#take(events);
        if (outcome !== null) return outcome;
        movedAt = performance.now();
        await this.#pause(quietMs > QUIET_MS ? SHORT_BREATH_MS : BREATH_MS);
      }
      // Without a token and without a close event: paused by an operator, or the server lost its place. Ask anew.
      if (page.next === null && events.length === 0) await this.#standStill();
      token = page.next;
    }
    return 'stopped';
  }

  /** Returns when it is time to ask for the history again: of a held execution once there is more of it. */
  async #standStill(): Promise<void> {
    const { source, signal } = this.#context;
    if (this.#fold?.execution?.hold == null) return this.#pause(LOST_PLACE_MS);
    while (!signal.aborted && this.#execution !== null) {
      await this.#pause(HELD_MS);
      if (signal.aborted) return;
      const { isHeld, events } = await source.describe(this.#execution, signal);
      if (!isHeld || events > this.#cursor) return;
    }
  }

  /** A page; null: begin anew without a token; an outcome: it is over. */
  async #poll(token: PageToken | null): Promise<HistoryPage | TailEnd | null> {
    const { polls, source, signal } = this.#context;
    const execution = this.#execution;
    if (execution === null) return 'reload';
    const first = this.#first;
    this.#first = null;
    if (token === null && first?.executionId === execution.executionId) return first.page;
    try {
      return await polls.run(this.#turn(), (ms, cut) =>
        source.page(execution, token, { ms, wait: true, signal: cut }),
      );
    } catch (error) {
      if (signal.aborted) return 'stopped';
      switch (failureOf(error)) {
        case 'ended':
          return { events: [], next: token };
        case 'stale':
          await this.#pause(FIRST_DELAY_MS);
          return null;
        case 'not_found':
          await this.#context.database.query(markSourceGone(execution.executionId));
          this.#log.warn({ execution: execution.executionId }, 'Temporal no longer has this execution');
          return 'gone';
        case 'away':
          throw error;
      }
    }
  }

  /** Somebody knows that something is about to happen: it is looked at as if it had moved. */
  stir(): void {
    this.#lastEventAt = Date.now();
    this.#context.polls.stir(this.runId);
  }

  #turn(): Turn {
    const now = Date.now();
    const restsUntilMs = this.#isLate ? 0 : (this.#fold?.restsUntilMs ?? 0);
    return {
      runId: this.runId,
      idleMs: now - this.#lastEventAt,
      restMs: Math.max(0, restsUntilMs - now),
    };
  }

  /** Folds and writes a page; answers an outcome when following ends with it. */
  async #take(events: readonly HistoryEvent[]): Promise<TailEnd | null> {
    const fold = this.#fold;
    if (fold === null) return 'reload';
    this.#lastEventAt = Date.now();
    const recorded = events.map(decodeEvent);
    if (!this.#isLate) for (const event of recorded) fold.apply(event);
    const page = this.#pageOf(events, recorded, this.#isLate ? NO_CHANGES : fold.takeChanges());
    const wasDiverged = page.changes.run?.diverged ?? null;
    if (!(await this.#context.writer.write(page))) {
      metrics.refused.inc();
      return 'reload';
    }
    observeEvents(page, this.#log);
    this.#cursor = page.cursorTo;
    for (const { runId } of page.children) this.#context.onFound(runId);
    if (wasDiverged !== null) this.#reportDivergence(wasDiverged);
    return page.closeStatus === null ? null : 'closed';
  }

  #reported = false;

  #reportDivergence(divergence: object): void {
    if (this.#reported) return;
    this.#reported = true;
    metrics.diverged.inc();
    this.#log.error({ divergence }, 'history differs from what the core decides');
  }

  #pageOf(events: readonly HistoryEvent[], recorded: readonly RecordedEvent[], changes: Changes): PageWrite {
    const { runId } = this;
    const executionId = this.#execution?.executionId ?? '';
    const started = recorded.find((event) => event.kind === 'started');
    const closed = recorded.find((event) => event.kind === 'closed');
    const closedAt = closed === undefined ? null : timeOf(closed.timeMs);
    const successorId = closed?.successorId ?? null;
    const newestMs = Math.max(...recorded.map((event) => event.timeMs));
    return {
      runId,
      executionId,
      cursorFrom: this.#cursor,
      cursorTo: recorded.at(-1)?.eventId ?? this.#cursor,
      firstExecutionId: started?.firstExecutionId ?? null,
      isReset: started !== undefined && started.originalExecutionId !== executionId,
      closeStatus: closed?.status ?? null,
      closedAt,
      successorId,
      rawEvents: events.map((event, i) => rawEvent(event, recorded[i])),
      changes,
      successor: this.#successor(successorId, closedAt),
      children: recorded.flatMap(foundChild),
      ended: endedActivities(this.#fold, newestMs),
      spans: this.#spansOf(changes),
      newestMs,
    };
  }

  /** A span that cannot be made harms nobody who reads the run. */
  #spansOf({ ended }: Changes): PageWrite['spans'] {
    const rows = this.#fold?.rows ?? null;
    if (!this.#context.tracing || rows === null) return [];
    try {
      return spansOfPage(rows, ended);
    } catch (error) {
      this.#log.error({ err: error }, 'spans could not be made');
      return [];
    }
  }

  /** It begins where this one ends, so that is its place among the run's executions. */
  #successor(executionId: string | null, startedAt: string | null): FoundExecution | null {
    if (executionId === null || startedAt === null) return null;
    return { executionId, runId: this.runId, workflowType: this.#workflowType, startedAt };
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#context.signal }).catch(() => {});
  }
}

/** The durable events after `cursor`. @throws when one is missing in between: the page is not to be trusted */
export function newEvents(events: readonly HistoryEvent[], cursor: number): readonly HistoryEvent[] {
  const fresh = events.filter((event) => !isProvisional(event) && eventIdOf(event) > cursor);
  fresh.forEach((event, i) => {
    if (eventIdOf(event) === cursor + 1 + i) return;
    throw new Error(`event ${cursor + 1 + i} is missing in a history page; found ${eventIdOf(event)}`);
  });
  return fresh;
}

function rawEvent(event: HistoryEvent, recorded: RecordedEvent | undefined): RawEvent {
  return {
    eventId: eventIdOf(event),
    type: recorded?.type ?? '',
    at: timeOf(recorded?.timeMs ?? 0),
    bytes: encodeHistoryEvent(event),
  };
}

/** A run that this one has started: nobody has to come across it first. */
function foundChild(event: RecordedEvent): readonly FoundExecution[] {
  if (event.kind !== 'child_started') return [];
  const { runId, executionId, workflowType, timeMs } = event;
  return [{ runId, executionId, workflowType, startedAt: timeOf(timeMs) }];
}

/** Only what took so long that somebody may have looked at it. */
const OBSERVED_AFTER_MS = 900;

function endedActivities(fold: RunFold | null, nowMs: number): PageWrite['ended'] {
  const ended = fold?.execution?.takeEnded() ?? [];
  return ended.flatMap(({ id, scheduledMs }) =>
    nowMs - scheduledMs > OBSERVED_AFTER_MS ? [{ runId: fold?.runId ?? '', activityId: id }] : [],
  );
}
