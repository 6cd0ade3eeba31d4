/**
 * Sends the spans that wait in `trace_spans`, oldest first, and deletes them once the collector has them.
 *
 *     waits ──▶ taken, for 30 s ──▶ sent ──▶ taken by the collector: deleted
 *                    ▲                │
 *                    └── again ───────┴──▶ refused: sent in smaller pieces, and a single one is dropped
 *
 * A span is sent again if the collector's answer was lost, or whoever had it before the deletion was committed: under the
 * same ids. Any number of projectors export side by side; none waits for another, and nothing waits for them. What a
 * collector does not take stays, up to a bound, beyond which the oldest go.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../database/database.ts';
import { messageOf } from '../../../errors/errors.ts';
import type { Logger } from '../../../log/log.ts';
import { metrics } from '../../metrics/metrics.ts';
import { countSpans } from '../sql/count-spans.ts';
import { deleteSpans } from '../sql/delete-spans.ts';
import { dropOldestSpans } from '../sql/drop-oldest-spans.ts';
import { findTraces, type TraceRow } from '../sql/find-traces.ts';
import { giveSpansBack } from '../sql/give-spans-back.ts';
import { takeSpans, type TakenSpan } from '../sql/take-spans.ts';
import type { OtlpWriter, Traces } from './otlp-request.ts';
import type { OtlpSettings } from '../../../tracing/otlp-settings.ts';
import { send, type Sent } from './send.ts';

/** Longer than a request may take. */
const TAKEN_SECONDS = 30;
const MOST_SPANS = 512;
const IDLE_MS = 1_000;
const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;
/** Between two looks at how many wait. */
const LOOK_MS = 15_000;
/** What a request may still take once the program is to end. */
const LAST_MS = 1_500;

export interface Exporting {
  readonly database: Pick<Database, 'query'>;
  readonly settings: OtlpSettings;
  readonly writer: OtlpWriter;
  /** Most spans that wait. */
  readonly backlog: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export class SpanExport {
  readonly #with: Exporting;
  readonly #ending = new AbortController();
  /** Most spans of the next request. */
  #size = MOST_SPANS;
  #waitMs = FIRST_WAIT_MS;
  #lookedAt = -Infinity;
  #isDown = false;

  constructor(exporting: Exporting) {
    this.#with = exporting;
  }

  /** Until it is aborted. Never throws. */
  async run(): Promise<void> {
    const { signal, log } = this.#with;
    const end = () => void setTimeout(() => this.#ending.abort(), LAST_MS).unref();
    signal.addEventListener('abort', end, { once: true });
    while (!signal.aborted) {
      try {
        await this.#look();
        await this.#pause(await this.#sendSome());
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'spans cannot be read or deleted; trying again');
        await this.#pause(this.#backOff());
      }
    }
  }

  /** Answers how long to wait before the next, in ms. */
  async #sendSome(): Promise<number> {
    const { database, settings, writer } = this.#with;
    const { rows } = await database.query<TakenSpan>(takeSpans(this.#size, TAKEN_SECONDS));
    if (rows.length === 0) return IDLE_MS;
    const spans = rows.toSorted((one, other) => one.id - other.id);
    const ids = spans.map(({ id }) => id);
    const body = written(writer, spans, await this.#tracesOf(spans));
    if (body === null) return this.#refused(ids, 'it cannot be written');
    const sent = await send(settings, writer.contentType, body, this.#ending.signal);
    if (sent.outcome === 'taken') return this.#taken(ids, sent.answer);
    if (sent.outcome === 'refused') return this.#refused(ids, sent.reason);
    return this.#failed(ids, sent);
  }

  async #tracesOf(spans: readonly TakenSpan[]): Promise<Traces> {
    const runs = spans.flatMap(({ run_id, span }) => [run_id, ...span.links.map(({ run }) => run)]);
    const { rows } = await this.#with.database.query<TraceRow>(findTraces([...new Set(runs)]));
    return new Map(rows.map(({ run_id, traceparent }) => [run_id, traceparent]));
  }

  async #taken(ids: readonly number[], answer: Uint8Array): Promise<number> {
    await this.#with.database.query(deleteSpans(ids));
    const lost = this.#notTaken(answer);
    metrics.spans.inc({ result: 'sent' }, ids.length - lost);
    if (lost > 0) metrics.spans.inc({ result: 'refused' }, lost);
    if (this.#isDown) this.#with.log.info('spans are taken again');
    this.#isDown = false;
    this.#waitMs = FIRST_WAIT_MS;
    this.#size = Math.min(this.#size * 2, MOST_SPANS);
    return 0;
  }

  /** What an answer says that cannot be read is not known. */
  #notTaken(answer: Uint8Array): number {
    try {
      return answer.length === 0 ? 0 : this.#with.writer.refusedIn(answer);
    } catch {
      return 0;
    }
  }

  /** Which of them it was is found out by halves. */
  async #refused(ids: readonly number[], reason: string): Promise<number> {
    const { database, log } = this.#with;
    if (ids.length > 1) {
      this.#size = Math.max(1, Math.floor(ids.length / 2));
      await database.query(giveSpansBack(ids));
      return 0;
    }
    log.warn({ reason }, 'a span was refused, and is dropped');
    metrics.spans.inc({ result: 'refused' });
    await database.query(deleteSpans(ids));
    return 0;
  }

  async #failed(ids: readonly number[], sent: Extract<Sent, { outcome: 'failed' }>): Promise<number> {
    const { database, log } = this.#with;
    metrics.spanFailures.inc();
    if (!this.#isDown) log.warn({ reason: sent.reason }, 'spans are not taken; they wait');
    this.#isDown = true;
    await database.query(giveSpansBack(ids));
    return sent.waitMs ?? this.#backOff();
  }

  #backOff(): number {
    const wait = this.#waitMs;
    this.#waitMs = Math.min(wait * 2, MOST_WAIT_MS);
    return wait;
  }

  /** Now and then: how many wait, and that it is not too many. */
  async #look(): Promise<void> {
    if (performance.now() - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = performance.now();
    const { database, backlog, log } = this.#with;
    const { rowCount } = await database.query(dropOldestSpans(backlog));
    if (rowCount !== null && rowCount > 0) {
      metrics.spans.inc({ result: 'dropped' }, rowCount);
      log.warn({ spans: rowCount }, 'too many spans wait; the oldest are dropped');
    }
    const { rows } = await database.query<{ count: number; seconds: number | null }>(countSpans());
    metrics.spansWaiting.set(rows[0]?.count ?? 0);
    metrics.spansWaitingSeconds.set(rows[0]?.seconds ?? 0);
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#with.signal }).catch(() => undefined);
  }
}

/** null: some span in it is none. */
function written(writer: OtlpWriter, spans: readonly TakenSpan[], traces: Traces): Uint8Array | null {
  try {
    return writer.write(spans, traces);
  } catch {
    return null;
  }
}
