/** A run as a model needs it: how it stands, what it waits for, how far it is, what it has used; in words, too. */
import * as z from 'zod';
import type { Run, RunNow } from '../../contract/run.ts';
import { dollarsOf } from '../../protocol/money.ts';

const text = z.string().nullable();
const figure = z.number().nullable();

export const BriefRun = z.object({
  id: z.string(),
  workflow: z.string(),
  version: text,
  status: z.string(),
  is_paused: z.boolean(),
  reason: text.meta({ description: 'Why it has ended as it has.' }),
  error: z.object({ type: z.string(), message: z.string(), step: text }).nullable(),
  waiting_for: z
    .array(z.object({ kind: z.string(), step: text, text, question: text, until: text }))
    .meta({ description: 'Whom or what it waits for. A `question` is answered by answer_question.' }),
  needs: z
    .array(z.object({ step: text, kind: z.string(), message: z.string() }))
    .meta({ description: 'What somebody has to do so that it goes on.' }),
  steps: z
    .object({ total: z.number(), settled: z.number(), active: z.number(), current: z.array(z.string()) })
    .nullable()
    .meta({ description: 'Null once the run has ended.' }),
  turns: z.number(),
  total_tokens: z.number(),
  cost_usd: figure.meta({ description: 'Null when a price is unknown.' }),
  duration_seconds: figure,
  labels: z.record(z.string(), z.string()),
  created_at: text,
  completed_at: text,
});

export type BriefRun = z.output<typeof BriefRun>;

/** Of a list that could be long. */
const MOST_NAMED = 8;
const MOST_CHARS = 400;

const brief = (words: string | null): string | null =>
  words === null || words.length <= MOST_CHARS ? words : `${words.slice(0, MOST_CHARS)}…`;

/** Answers to changes lack what only a look at the run finds out. */
export function briefRun(run: Run & Partial<Pick<RunNow, 'waiting_for' | 'progress'>>): BriefRun {
  const { waiting_for: waiting = [], progress = null, error } = run;
  return {
    ...{ id: run.id, workflow: run.workflow, version: run.version, status: run.status },
    ...{ is_paused: run.is_paused, reason: run.terminal_reason },
    error: error && { ...error, message: brief(error.message) ?? '' },
    waiting_for: waiting.slice(0, MOST_NAMED).map(({ kind, step, text, question, until }) => ({
      ...{ kind, step, text: brief(text), question, until },
    })),
    needs: run.needs.slice(0, MOST_NAMED).map((need) => ({ ...need, message: brief(need.message) ?? '' })),
    steps: progress && { ...progress, current: progress.current.slice(0, MOST_NAMED) },
    ...{ turns: run.turns, total_tokens: run.total_tokens, cost_usd: usd(run.cost_estimate) },
    ...{ duration_seconds: run.duration_seconds, labels: run.labels },
    ...{ created_at: run.created_at, completed_at: run.completed_at },
  };
}

/** Dollars of micro-dollars. */
export function usd(micros: number | null): number | null {
  return micros === null ? null : dollarsOf(micros);
}

/** A line, and one more for each thing that it waits for or that went wrong. */
export function runText(run: BriefRun): string {
  const { steps, error } = run;
  const asked = new Set(run.waiting_for.flatMap(({ question, step }) => (question === null ? [] : [step])));
  const needs = run.needs.filter(({ step }) => !asked.has(step));
  const far = steps === null ? '' : `, ${steps.settled} of ${steps.total} steps settled`;
  const cost = run.cost_usd === null ? 'cost unknown' : `$${run.cost_usd.toFixed(4)}`;
  const state = run.is_paused ? `${run.status}, paused` : run.status;
  const why = run.reason === null || run.reason === run.status ? '' : ` (${run.reason})`;
  return [
    `${run.id} of ${run.workflow}: ${state}${why}${far}; ${run.turns} turns, ${run.total_tokens} tokens, ${cost}`,
    ...(error === null ? [] : [`  failed${at(error.step)}: ${error.type}: ${error.message}`]),
    ...run.waiting_for.map(waitText),
    ...needs.map(({ step, kind, message }) => `  needs (${kind})${at(step)}: ${message}`),
  ].join('\n');
}

const at = (step: string | null): string => (step === null ? '' : ` at ${step}`);

function waitText({ kind, step, text: words, question, until }: BriefRun['waiting_for'][number]): string {
  const asked = question === null ? '' : ` [question ${question}]`;
  const end = until === null ? '' : ` until ${until}`;
  return `  waits for ${kind}${at(step)}${asked}${words === null ? '' : `: ${words}`}${end}`;
}
