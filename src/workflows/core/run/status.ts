/** The run as an operator's query sees it, and as text for the Web UI. No screen of ours reads these. */
import type { PlanStep } from '../../../plan/plan.ts';
import { isSettled, newStep } from '../kernel/state.ts';
import type { InboxMessage, QuestionState, RunState, StepState, StepStatus } from '../kernel/state.ts';

/** Most lines of {@link statusText}: it is built again in every task that changes something. */
const MAX_LINES = 60;

const MARKS: Readonly<Record<StepStatus, string>> = {
  pending: '·',
  running: '▶',
  waiting: '⏳',
  retrying: '↻',
  completed: '✓',
  failed: '✗',
  skipped: '–',
  cancelled: '■',
};

export interface RunStatus {
  readonly id: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly phase: string;
  readonly is_paused: boolean;
  readonly pause_mode: string | null;
  readonly pause_reason: string | null;
  readonly steps: Readonly<Record<string, Pick<StepState, 'status' | 'attempt' | 'held'>>>;
}

export function statusOf(state: RunState): RunStatus {
  const steps = Object.entries(state.steps).map(
    ([key, { status, attempt, held }]) =>
      [key, { status, attempt, ...(held === undefined ? {} : { held }) }] as const,
  );
  return {
    id: state.run.id,
    workflow: state.run.workflow,
    version: state.plan?.version ?? null,
    phase: state.paused === null ? state.phase : 'paused',
    is_paused: state.paused !== null,
    pause_mode: state.paused?.mode ?? null,
    pause_reason: state.paused?.reason ?? null,
    steps: Object.fromEntries(steps),
  };
}

/** What people and agents have still to say to each other. */
export interface RunThread {
  /** Messages that agents have yet to read, or to answer. */
  readonly messages: readonly InboxMessage[];
  /** Open questions to people. */
  readonly questions: readonly QuestionState[];
}

export function threadOf({ inbox, questions }: RunState): RunThread {
  return { messages: inbox, questions: Object.values(questions) };
}

/** The plan with the state of each step, as Markdown; of a large plan what is unsettled comes first. */
export function statusText(state: RunState): string {
  const { plan } = state;
  if (plan === null) return 'Loading the plan.';
  const settled = plan.steps.filter((step) => isSettled(state.steps[step.key]?.status ?? 'pending')).length;
  const head = `**${plan.name}** ${plan.version}: ${settled} of ${plan.steps.length} steps settled${state.paused === null ? '' : ', **paused**'}`;
  const shown = plan.steps.length <= MAX_LINES ? plan.steps : unsettledFirst(state, plan.steps);
  const more = plan.steps.length - shown.length;
  const lines = shown.map((step) => line(state, step));
  return [head, '', ...lines, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n');
}

function unsettledFirst(state: RunState, steps: readonly PlanStep[]): readonly PlanStep[] {
  const active: PlanStep[] = [];
  for (const step of steps) {
    if (active.length >= MAX_LINES) break;
    const status = state.steps[step.key]?.status ?? 'pending';
    if (!isSettled(status)) active.push(step);
  }
  return active;
}

function heldText(held: StepState['held']): string {
  if (held === undefined) return '';
  return `, **held**${held.by === null ? '' : ` by ${held.by}`}`;
}

function line(state: RunState, step: PlanStep): string {
  const { status, attempt, held } = state.steps[step.key] ?? newStep();
  const after = step.dependencies.length === 0 ? '' : ` ← ${step.dependencies.slice(0, 5).join(', ')}`;
  return `- ${MARKS[status]} \`${step.key}\` ${status}${attempt > 1 ? ` (attempt ${attempt})` : ''}${heldText(held)}${after}`;
}
