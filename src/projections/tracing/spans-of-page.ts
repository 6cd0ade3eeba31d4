/**
 * What has ended with a page of history, as spans. Pure: the same page makes the same spans, with the same ids.
 *
 *     invoke_workflow review                  a branch of the run (the first, or a later one below it)
 *     └─ step security-audit                  a step, from its first attempt to its end
 *        └─ invoke_agent security             an attempt; of other kinds: `http fetch-data`
 *           ├─ chat gpt-5                     a call of a model
 *           └─ execute_tool read_file         a call of a tool
 *
 * Nothing of what people, models and tools have said, given or answered stands in a span, and no message of an error.
 */
import { parentOf, pathOf, type Address } from '../../plan/address.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { RunRow } from '../../tables/projected/workflow-runs.ts';
import type { RunLink, Span } from '../../tracing/span.ts';
import { activitySpanId, attemptSpanId, runSpanId, stepSpanId } from '../../tracing/span-ids.ts';
import type {
  Ended,
  EndedAttempt,
  EndedBranch,
  EndedStep,
  EndedTool,
  Endings,
} from '../fold/record/endings.ts';
import { memberOf } from '../fold/record/usage.ts';
import type { RunRows } from '../fold/record/run-rows.ts';
import { spanOfCall } from './span-of-call.ts';
import { BATON, GEN_AI } from './names.ts';
import { spanOf } from './span-of.ts';

/** A run as it is after the page. */
type TracedRun = Pick<RunRows, 'run' | 'steps' | 'endings'>;

export function spansOfPage(traced: TracedRun, ended: Ended): readonly Span[] {
  const { run } = traced;
  return [
    ...ended.calls.map(({ row, execution }) => {
      const { epoch, step, attempt } = row;
      return spanOfCall(row, execution, attemptSpanId(run.id, epoch, step, attempt));
    }),
    ...ended.tools.map((tool) => spanOfTool(traced, tool)),
    ...ended.attempts.map((attempt) => spanOfAttempt(traced, attempt)),
    ...ended.steps.flatMap((step) => spanOfStep(traced, step)),
    ...ended.branches.map((branch) => spanOfBranch(run, branch)),
  ];
}

function spanOfTool({ run, steps }: TracedRun, tool: EndedTool): Span {
  const { step, attempt, turn, index, name, isError, execution } = tool;
  return spanOf({
    id: activitySpanId(execution, `${step}#${attempt}/${turn}.${index}`),
    parent: attemptSpanId(run.id, run.epoch, step, attempt),
    name: `execute_tool ${name}`,
    from: tool.from,
    to: tool.to,
    error: isError === null ? 'stopped' : isError ? 'tool_error' : null,
    attributes: {
      [GEN_AI.operation]: 'execute_tool',
      [GEN_AI.tool]: name,
      [GEN_AI.conversation]: steps.get(step)?.session_id,
      [BATON.run]: run.id,
      [BATON.step]: step,
      [BATON.attempt]: attempt,
      [BATON.turn]: turn,
    },
  });
}

function spanOfAttempt({ run, steps }: TracedRun, { row, life, execution }: EndedAttempt): Span {
  const { step, attempt, epoch, usage } = row;
  const { kind = 'unknown', agent = null, session_id: session = null } = steps.get(step) ?? {};
  const isAgent = agent !== null;
  return spanOf({
    id: isAgent
      ? attemptSpanId(run.id, epoch, step, attempt)
      : activitySpanId(execution, `${step}#${attempt}`),
    parent: stepSpanId(run.id, epoch, step, life),
    name: isAgent ? `invoke_agent ${agent}` : `${kind} ${pathOf(step)}`,
    kind: kind === 'http' ? 'client' : 'internal',
    from: row.started_at ?? row.scheduled_at,
    to: row.completed_at ?? row.scheduled_at,
    error: row.status === 'failed' ? (typeOf(row.error) ?? 'failed') : null,
    attributes: {
      ...(isAgent && {
        [GEN_AI.operation]: 'invoke_agent',
        [GEN_AI.agent]: agent,
        [GEN_AI.conversation]: session,
        [GEN_AI.inputTokens]: usage?.input_tokens,
        [GEN_AI.outputTokens]: usage?.output_tokens,
        [BATON.cost]: usage?.cost_estimate,
      }),
      [BATON.run]: run.id,
      [BATON.step]: step,
      [BATON.kind]: kind,
      [BATON.attempt]: attempt,
      [BATON.status]: row.status,
      [BATON.category]: row.category,
      [BATON.worker]: row.worker,
    },
  });
}

/** One that never began has none, nor has one whose end was taken over from another branch or run. */
function spanOfStep({ run, steps, endings }: TracedRun, ended: EndedStep): readonly Span[] {
  const { step, status, life, at } = ended;
  const row = steps.get(step);
  if (row === undefined) return [];
  // Run anew in the same page: its row tells of the next life already.
  const isOver = endings.lifeOf(step) !== life;
  return [
    spanOf({
      id: stepSpanId(run.id, run.epoch, step, life),
      parent: parentOfStep(run, step, endings),
      name: `step ${pathOf(step)}`,
      from: isOver ? at : (row.started_at ?? at),
      to: isOver ? at : (row.completed_at ?? at),
      error: status === 'failed' ? (isOver ? 'failed' : (typeOf(row.error) ?? 'failed')) : null,
      attributes: {
        [BATON.run]: run.id,
        [BATON.step]: step,
        [BATON.kind]: row.kind,
        [BATON.status]: status,
        [BATON.attempt]: row.attempt,
      },
    }),
  ];
}

/** The step whose scope it stands in, or the branch of the run. */
function parentOfStep({ id, epoch }: RunRow, step: Address, endings: Endings): string {
  const scope = parentOf(step);
  const around = scope === null ? null : parentOf(scope);
  return around === null ? runSpanId(id, epoch) : stepSpanId(id, epoch, around, endings.lifeOf(around));
}

const FAILURES: ReadonlySet<string> = new Set(['failed', 'timed_out', 'terminated']);

function spanOfBranch(run: RunRow, { epoch, from, to, isReplaced, executions }: EndedBranch): Span {
  const failed = !isReplaced && FAILURES.has(run.status);
  return spanOf({
    id: runSpanId(run.id, epoch),
    parent: epoch === 0 ? null : runSpanId(run.id, 0),
    name: `invoke_workflow ${run.workflow}`,
    from,
    to,
    error: failed ? (run.terminal_reason ?? run.status) : null,
    attributes: {
      [GEN_AI.operation]: 'invoke_workflow',
      [GEN_AI.workflow]: run.workflow,
      [BATON.run]: run.id,
      [BATON.epoch]: epoch,
      [BATON.version]: run.version,
      [BATON.status]: isReplaced ? 'superseded' : run.status,
      [BATON.reason]: isReplaced ? null : run.terminal_reason,
      [BATON.tokens]: run.total_tokens,
      [BATON.cost]: run.cost_estimate,
      ...Object.fromEntries(Object.entries(run.labels).map(([name, value]) => [BATON.label + name, value])),
    },
    events: executions.map(({ id, at }) => ({
      ...{ name: 'continued_as_new', at },
      attributes: { [BATON.execution]: id },
    })),
    links: linksOf(run.lineage),
  });
}

/** To the runs that this one comes from. */
function linksOf(lineage: JsonObject): readonly RunLink[] {
  return ['forked_from', 'redirected_from', 'rerun_of', 'promoted_from'].flatMap((because) => {
    const from = lineage[because];
    const run = memberOf(from, 'run') ?? from;
    return typeof run === 'string' ? [{ run, because }] : [];
  });
}

function typeOf(error: unknown): string | null {
  const type = (error as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' ? type : null;
}
