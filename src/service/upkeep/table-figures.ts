/**
 * Figures of the tables, read when somebody scrapes them: at most once in some seconds, each statement within a bound.
 * While they cannot be read the former figures stand, and a counter says so.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import { countAttempts } from './queries/count-attempts.ts';
import { countDeliveries, countGivenUp } from './queries/count-deliveries.ts';
import { countOpenQuestions } from './queries/count-open-questions.ts';
import { countRuns } from './queries/count-runs.ts';
import { countUnservedSteps } from './queries/count-unserved-steps.ts';
import { countWedgedRuns } from './queries/count-wedged-runs.ts';
import { countSteps } from './queries/count-steps.ts';
import { findMaintenance } from './queries/find-maintenance.ts';
import { limitStatements } from './queries/limit-statements.ts';
import { listTableSizes } from './queries/list-table-sizes.ts';
import { sumModels } from './queries/sum-models.ts';
import type { Rows, Store } from '../ways/store.ts';
import type { Statement } from '../../database/sql.ts';

const FRESH_MS = 10_000;
/** Longest that one statement may take, in ms. */
const STATEMENT_MS = 2_000;

/** A statement whose rows are labels and values: each value goes into the gauge that bears its name. */
interface Figure {
  readonly statement: () => Statement;
  readonly labels: readonly string[];
  readonly gauges: Readonly<Record<string, Gauge>>;
}

export class TableFigures {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #figures: readonly Figure[];
  readonly #failures: Counter;
  #readAt = -Infinity;
  #reading: Promise<void> | undefined;

  constructor(store: Store, registry: Registry, log: Logger) {
    this.#store = store;
    this.#log = log;
    this.#figures = figuresOf(registry);
    this.#failures = new Counter({
      name: 'baton_table_figures_failures_total',
      help: 'Scrapes that could not read the figures of the tables.',
      registers: [registry],
    });
  }

  /** Reads the figures unless they are fresh. Never throws. */
  async refresh(): Promise<void> {
    if (Date.now() - this.#readAt < FRESH_MS) return;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      await this.#store.transaction(async (rows) => {
        await rows.all(limitStatements(STATEMENT_MS));
        for (const figure of this.#figures) await readFigure(rows, figure);
      });
    } catch (error) {
      this.#failures.inc();
      this.#log.warn({ reason: messageOf(error) }, 'the figures of the tables cannot be read');
    }
    this.#readAt = Date.now();
  }
}

async function readFigure(rows: Rows, { statement, labels, gauges }: Figure): Promise<void> {
  const found = await rows.all<Record<string, string | number | null>>(statement());
  for (const gauge of Object.values(gauges)) gauge.reset();
  for (const row of found) {
    const labelled = Object.fromEntries(labels.map((label) => [label, String(row[label] ?? 'unknown')]));
    for (const [column, gauge] of Object.entries(gauges)) {
      const value = row[column] ?? null;
      // What nobody knows has no sample: 0 would be a figure.
      if (value !== null) gauge.set(labelled, Number(value));
    }
  }
}

function figuresOf(registry: Registry): readonly Figure[] {
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const figure = (
    statement: () => Statement,
    labels: readonly string[],
    columns: Readonly<Record<string, readonly [name: string, help: string]>>,
  ): Figure => ({
    statement,
    labels,
    gauges: Object.fromEntries(
      Object.entries(columns).map(([column, [name, help]]) => [column, gauge(name, help, labels)]),
    ),
  });
  return [
    figure(countRuns, ['status'], { count: ['baton_runs', 'Runs by status.'] }),
    figure(countWedgedRuns, [], {
      count: [
        'baton_runs_wedged',
        'Open runs that nothing moves: no work, no timer, nobody asked, for ten minutes.',
      ],
    }),
    figure(countUnservedSteps, ['queue'], {
      count: ['baton_steps_unserved', 'Work that waits for a worker on a task queue that no worker serves.'],
    }),
    figure(countSteps, ['status'], { count: ['baton_steps', 'Steps by status.'] }),
    figure(countAttempts, ['status', 'category'], {
      count: ['baton_step_attempts', 'Attempts by status and category of failure: the error rate.'],
    }),
    figure(countOpenQuestions, ['kind'], {
      count: ['baton_questions_open', 'Questions that wait for people, by kind.'],
    }),
    figure(sumModels, ['provider', 'model'], {
      calls: ['baton_model_calls', 'Model calls, failed ones included.'],
      failed: ['baton_model_calls_failed', 'Model calls that failed, were aborted or lost.'],
      adjusted: ['baton_model_calls_adjusted', 'Model calls whose figures are not as the vendor told them.'],
      input_tokens: ['baton_model_input_tokens', 'Input tokens, cached ones included.'],
      output_tokens: ['baton_model_output_tokens', 'Output tokens.'],
      cost_micros: ['baton_model_cost_micros', 'Micro-dollars of the calls whose price is known, if any is.'],
      unpriced: ['baton_model_calls_unpriced', 'Model calls that have ended without a known price.'],
    }),
    figure(countDeliveries, ['status'], {
      deliveries: ['baton_webhook_deliveries', 'Deliveries to webhooks by status, of the last 30 days.'],
      overdue: ['baton_webhook_overdue_seconds', 'For how long the delivery that is due longest has waited.'],
    }),
    figure(countGivenUp, [], {
      given_up: ['baton_webhooks_given_up', 'Webhooks that Baton has given up.'],
    }),
    figure(findMaintenance, [], {
      done_at: [
        'baton_maintenance_done_timestamp_seconds',
        'When maintenance was done last on its schedule.',
      ],
      failures: ['baton_maintenance_failures', 'How often it has failed since.'],
    }),
    figure(listTableSizes, ['table'], {
      rows: ['baton_table_rows', 'Rows as Postgres estimates them.'],
      bytes: ['baton_table_bytes', 'Bytes on disk, indexes included.'],
    }),
  ];
}
