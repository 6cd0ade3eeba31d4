/** Why a step is where it is, for a screen: a line a decision, and below it what was seen. */
import type { StepWhy, WhyCondition, WhyDecision, WhyRetry, WhyWait } from '../../../contract/past/why.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import { clockText, dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { formatDuration } from '../../terminal/style.ts';

const VALUE_CHARS = 200;

export function whyText(why: StepWhy): string {
  const { run_id, step, seq, at, status, attempt, revision } = why;
  const tries = attempt === 0 ? '' : `, attempt ${attempt}`;
  const plan = revision === 0 ? '' : `, revision ${revision} of the plan`;
  const head = `${step} of ${run_id} after event ${seq}, ${dateTimeText(at)} ${zoneName(new Date(at))}: ${status}${tries}${plan}`;
  const now = why.waits_for.map((wait) => `waits ${waitText(wait)}`);
  return [head, ...now, ...why.decisions.flatMap(decisionLines)].join('\n');
}

function decisionLines(one: WhyDecision): string[] {
  const { seq, at, decision, attempt, reason, by, condition, retry } = one;
  const what = decision === 'waited' ? waitedText(one) : decision.replace('_', ' ');
  const tries = attempt === null || attempt === 0 ? '' : ` (attempt ${attempt})`;
  const why = reason === null ? '' : `: ${reason}`;
  const who = by === null ? '' : ` (by ${by})`;
  return [
    `${String(seq).padStart(5)}  ${clockText(at)}  ${what}${tries}${why}${who}`,
    ...(condition === null ? [] : conditionLines('when', condition)),
    ...(retry === null ? [] : retryLines(retry)),
  ];
}

function waitedText({ at, until, waited_for }: WhyDecision): string {
  const since = until === null ? 'waits' : `waited ${formatDuration(Date.parse(until) - Date.parse(at))}`;
  return `${since} ${waited_for.map(waitText).join(', and ')}`;
}

function waitText({ for: what, steps, more_steps, ...wait }: WhyWait): string {
  const named = steps.map(({ key, status }) => (status === null ? key : `${key} (${status})`));
  const list = [...named, ...(more_steps > 0 ? [`${more_steps} more`] : [])].join(', ');
  const why = wait.reason === null ? '' : `: ${wait.reason}`;
  const who = `${wait.by === null ? '' : ` by ${wait.by}`}${why}`;
  const until = wait.until === null ? '' : ` until ${clockText(wait.until)}`;
  switch (what) {
    case 'dependencies':
      return `for ${list}`;
    case 'level':
      return `for the level before: ${list}`;
    case 'window':
      return `for room: ${wait.open} of ${wait.most} steps are open`;
    case 'alone':
      return list === '' ? 'to be alone' : `for ${list}, which is to be alone`;
    case 'hold':
      return `because it is held${who}`;
    case 'pause':
      return `because the run is paused${who}`;
    case 'workspace':
      return 'for the workspace';
    case 'retry':
      return `for its next try${until}`;
    case 'time':
      return `for its time to pass${until}`;
    case 'people':
      return `for an answer to ${wait.questions.join(', ')}`;
    case 'work':
      return `for the work that is under way: ${wait.activities.join(', ')}`;
    case 'next_task':
      return 'for the run’s next move';
    case 'end':
      return 'for the end of the run, which stops';
  }
}

export function conditionLines(name: string, { source, values, result, error }: WhyCondition): string[] {
  const answer = error === null ? writeJson(result) : `could not be evaluated: ${error}`;
  return [
    `         ${name}: ${source}`,
    ...values.map(({ name: of, missing, value, cut, bytes }) => {
      const shown = missing
        ? 'missing'
        : shortText(typeof value === 'string' && cut ? value : writeJson(value));
      return `           ${of} = ${shown}${cut ? ` (${bytes} bytes)` : ''}`;
    }),
    `           → ${answer}`,
  ];
}

const shortText = (text: string): string =>
  text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS - 1)}…` : text;

const NO_TRY = {
  not_retryable: 'another try does not mend this',
  used_up: 'all tries are used',
  not_wanted: '`retry.if` does not hold',
  ending: 'the run, or what the step stands in, is ending',
  told: 'somebody wanted no further try',
} as const satisfies Readonly<Record<NonNullable<WhyRetry['because']>, string>>;

function retryLines({ error, again, rule, delay_ms, because, ...retry }: WhyRetry): string[] {
  const failed = `         attempt ${error.attempt} failed, ${error.type}: ${shortText(error.message)}`;
  const counted =
    rule === 'machinery' || (rule === null && error.category === 'INFRA_ERROR')
      ? `failure ${retry.infra_failures} of the machinery`
      : `try ${retry.tries} of ${retry.attempts}`;
  const next = again
    ? `again after ${formatDuration(delay_ms ?? 0)}`
    : `not again: ${because === null ? '' : NO_TRY[because]}`;
  return [
    failed,
    `           ${counted}, ${next}`,
    ...(retry.if === null ? [] : conditionLines('if', retry.if)),
  ];
}
