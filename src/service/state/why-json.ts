/** The decisions about a step as JSON: each in a word, with what was seen. */
import type { StepWhy, WhyCondition, WhyDecision, WhyRetry, WhyWait } from '../../contract/past/why.ts';
import { writeJson } from '../../plan/exact-json.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { EventReason, Reason, Why } from '../../projections/why-then.ts';
import { previewOf } from '../../protocol/values.ts';
import { exactly } from '../views/exactly.ts';

/** Values are shown whole up to so many characters of their JSON. */
const WHOLE_CHARS = 1_000;
const MOST_STEPS = 50;

type Wait = Why['waits'][number];
type Condition = NonNullable<EventReason['condition']>;
type Judged = NonNullable<EventReason['judged']>;

export function whyJson(runId: string, seq: number, { row, revision, at, waits, reasons }: Why): StepWhy {
  return exactly<StepWhy>()({
    run_id: runId,
    step: row.key,
    seq,
    at,
    revision,
    status: row.status,
    attempt: row.attempt,
    waits_for: waits.map(waitJson),
    decisions: reasons.map((reason) => decisionJson(reason, row.key)),
  });
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

function decisionJson(reason: Reason, step: string): WhyDecision {
  if (reason.type === 'event') return eventJson(reason, step);
  const { seq, since, until, waits } = reason;
  return {
    ...{ seq, at: timeOf(since), epoch: null, attempt: null, decision: 'waited', reason: null, by: null },
    ...{ caused_by: null, until: until === null ? null : timeOf(until) },
    ...{ waited_for: waits.map(waitJson), condition: null, retry: null },
  };
}

function eventJson({ event, epoch, condition, judged, routed }: EventReason, step: string): WhyDecision {
  const { seq, at, attempt, data, caused_by } = event;
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : null);
  return {
    ...{ seq, at, epoch, attempt, caused_by, until: null, waited_for: [] },
    decision: routed === null ? wordOf(event, step) : 'routed',
    reason: text('reason') ?? text('content') ?? givenText(data),
    by: text('by'),
    condition: condition === null ? null : conditionJson(condition),
    retry: judged === null ? null : retryJson(judged),
  };
}

function givenText(data: JsonObject): string | null {
  if (data['overridden'] === true) return 'its result was replaced';
  const { from_run: from } = data;
  if (typeof from === 'string') return `taken over from run ${from}`;
  return data['fallback'] === true ? 'its fallback took the place of a result' : null;
}

const BY_STATUS: Readonly<Record<string, WhyDecision['decision']>> = {
  retrying: 'retried',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'stopped',
  superseded: 'removed',
};

/** What a person has told an open step. */
const TOLD = ['retry_now', 'last_try', 'limits'] as const;

function wordOf({ type, data }: EventReason['event'], step: string): WhyDecision['decision'] {
  if (type === 'plan') return editWord(data, step);
  if (type === 'message') return 'refused';
  if (data['held'] === true) return 'held';
  if (data['released'] === true) return 'released';
  if (data['rerun'] === true) return 'rerun';
  if (TOLD.some((name) => Object.hasOwn(data, name))) return 'told';
  if (data['interrupted'] === true) return 'interrupted';
  const { from, to } = data;
  if (to === 'running' || to === 'waiting') return from === 'waiting' ? 'went_on' : 'ran';
  return typeof to === 'string' ? (BY_STATUS[to] ?? 'restored') : 'restored';
}

function editWord(data: JsonObject, step: string): WhyDecision['decision'] {
  if (includes(data['added'], step)) return 'added';
  return includes(data['removed'], step) ? 'removed' : 'changed';
}

const includes = (names: unknown, name: string): boolean => Array.isArray(names) && names.includes(name);

function conditionJson({ source, values, answer }: Condition): WhyCondition {
  return {
    source,
    values: values.map(({ name, value }) => {
      if (value === undefined) return { name, missing: true, value: null, cut: false, bytes: 0 };
      const whole = writeJson(value);
      const cut = whole.length > WHOLE_CHARS;
      const bytes = Buffer.byteLength(whole);
      return { name, missing: false, value: cut ? previewOf(whole, WHOLE_CHARS) : value, cut, bytes };
    }),
    result: 'value' in answer ? answer.value : null,
    error: 'error' in answer ? answer.error : null,
  };
}

function retryJson({ error, tried, policy, condition, next }: Judged): WhyRetry {
  const { type, category, message, attempt } = error;
  return {
    error: { type, category, message, attempt },
    again: next.delayMs !== null,
    rule: next.delayMs === null ? null : next.rule,
    delay_ms: next.delayMs,
    because: next.delayMs === null ? next.because : null,
    tries: tried.group,
    attempts: policy.attempts,
    infra_failures: tried.infra,
    if: condition === null ? null : conditionJson(condition),
  };
}

const NOTHING: Omit<WhyWait, 'for'> = {
  steps: [],
  more_steps: 0,
  questions: [],
  activities: [],
  open: null,
  most: null,
  until: null,
  by: null,
  reason: null,
};

function waitJson(wait: Wait): WhyWait {
  const known = { ...NOTHING, for: wait.for };
  switch (wait.for) {
    case 'dependencies':
    case 'level': {
      const steps = wait.steps.slice(0, MOST_STEPS).map(({ step: key, status }) => ({ key, status }));
      return { ...known, steps, more_steps: wait.steps.length - steps.length };
    }
    case 'alone':
      return { ...known, steps: wait.step === null ? [] : [{ key: wait.step, status: null }] };
    case 'window':
      return { ...known, open: wait.open, most: wait.most };
    case 'hold':
    case 'pause':
      return { ...known, by: wait.by, reason: wait.reason };
    case 'retry':
    case 'time':
      return { ...known, until: wait.until === null ? null : timeOf(wait.until) };
    case 'people':
      return { ...known, questions: [...wait.questions] };
    case 'work':
      return { ...known, activities: [...wait.activities] };
    default:
      return known;
  }
}
