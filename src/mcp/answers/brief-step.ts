/** The steps of a run as a model needs them: those first that somebody has to look at. */
import * as z from 'zod';
import type { Step } from '../../contract/step.ts';
import type { ShownStepStatus } from '../../protocol/status.ts';
import { usd } from './brief-run.ts';

const text = z.string().nullable();

export const BriefStep = z.object({
  key: z.string(),
  kind: z.string(),
  status: z.string(),
  attempt: z.number(),
  reason: text.meta({ description: 'Why it was skipped or cancelled.' }),
  waiting_for: text,
  retry_at: text,
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
  agent: text,
  turns: z.number(),
  cost_usd: z.number().nullable(),
  output: text.meta({ description: 'Its beginning; whole by get_output.' }),
});

export type BriefStep = z.output<typeof BriefStep>;

const MOST_CHARS = 200;

interface BriefSteps {
  readonly steps: readonly BriefStep[];
  readonly steps_by_status: Readonly<Record<string, number>>;
  readonly more_steps: number;
}

/** What comes first, in this order; then all others in the plan's order. */
const FIRST: readonly ShownStepStatus[] = ['failed', 'retrying', 'waiting', 'running', 'pending'];

/** At most so many of them. */
export function briefSteps(steps: readonly Step[], most: number): BriefSteps {
  const rank = ({ status }: Step): number => {
    const at = FIRST.indexOf(status);
    return at < 0 ? FIRST.length : at;
  };
  const chosen = steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, most);
  const counts: Record<string, number> = {};
  for (const { status } of steps) counts[status] = (counts[status] ?? 0) + 1;
  return {
    steps: chosen.map(briefStep),
    steps_by_status: counts,
    more_steps: steps.length - chosen.length,
  };
}

function briefStep(step: Step): BriefStep {
  const { key, kind, status, attempt, reason, waiting_for, retry_at, error, agent, turns } = step;
  return {
    ...{ key, kind, status, attempt, reason, waiting_for, retry_at, agent, turns },
    error: error && { type: error.type, message: error.message.slice(0, MOST_CHARS) },
    cost_usd: usd(step.cost_estimate),
    output: step.output_preview?.slice(0, MOST_CHARS) ?? null,
  };
}

export function stepText({
  key,
  kind,
  status,
  attempt,
  error,
  reason,
  waiting_for: wait,
}: BriefStep): string {
  const tries = attempt > 1 ? `, attempt ${attempt}` : '';
  const fault = error === null ? '' : `: ${error.type}: ${error.message}`;
  const because = reason === null ? '' : ` (${reason})`;
  const waits = wait === null ? '' : `, waits for ${wait}`;
  return `  - ${key} [${kind}] ${status}${tries}${waits}${because}${fault}`;
}
