/** What a run waits for in one sentence, and where one goes to do it. Pure. */
import type { RunNow } from '../../api/generated.ts';
import { durationWords, secondsBetween } from '../../words/figures.ts';

type Waits = RunNow['waiting_for'][number];

export interface NextAction {
  readonly text: string;
  readonly tone: 'need' | 'pause' | 'fail';
  /** Where it is done; undefined: nowhere here. */
  readonly at?: {
    readonly label: string;
    readonly view: 'conversation' | 'step' | 'nodes';
    readonly step: string | null;
  };
}

const ORDER: readonly Waits['kind'][] = [
  'question',
  'limit',
  'hang',
  'worker',
  'node',
  'temporal_pause',
  'pause',
  'held',
  'retry',
];

/** The most pressing first; at most one of a kind and step. */
export function nextActions(waits: readonly Waits[], now: number): readonly NextAction[] {
  return waits
    .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    .map((wait) => actionOf(wait, now));
}

function actionOf(wait: Waits, now: number): NextAction {
  const { kind, step, text, who, since, until, attempt, times } = wait;
  const long = since === null ? '' : `, for ${durationWords(secondsBetween(since, null, now))}`;
  const whom = who.length === 0 ? '' : ` (${who.join(', ')})`;
  const of = step === null ? 'The run' : step;
  switch (kind) {
    case 'question':
      return {
        text: `${of} asks somebody${whom}${long}: ${text ?? ''}`,
        tone: 'need',
        at: { label: 'Answer', view: 'conversation', step },
      };
    case 'limit':
      return {
        text: `${of} has reached a limit${long}: ${text ?? ''}`,
        tone: 'need',
        at: { label: 'See the step', view: 'step', step },
      };
    case 'worker':
      return { text: `${of} waits for a worker${long}: ${text ?? 'nobody takes its work'}`, tone: 'need' };
    case 'node':
      return {
        text: `${of} waits${long} for ${text ?? 'a node'}`,
        tone: 'need',
        at: { label: 'See the nodes', view: 'nodes', step },
      };
    case 'hang':
      return {
        text: `${of} has stopped its worker ${times ?? 0} times within the hour: ${text ?? ''}`,
        tone: 'fail',
      };
    case 'temporal_pause':
      return { text: `Paused in Temporal${whom}${long}${text === null ? '' : `: ${text}`}`, tone: 'pause' };
    case 'pause':
      return {
        text: `Paused${whom}${long}${text === null ? '' : `: ${text}`}${untilWords(until, now)}`,
        tone: 'pause',
      };
    case 'held':
      return {
        text: `${of} is held${whom}${long}${text === null ? '' : `: ${text}`}`,
        tone: 'pause',
        at: { label: 'See the step', view: 'step', step },
      };
    case 'retry':
      return {
        text: `${of} failed at try ${attempt ?? 1}${untilWords(until, now)}: ${text ?? ''}`,
        tone: 'need',
        at: { label: 'See the step', view: 'step', step },
      };
  }
}

function untilWords(until: string | null, now: number): string {
  if (until === null) return '';
  const seconds = (Date.parse(until) - now) / 1000;
  return seconds <= 0 ? ', goes on any moment' : `, goes on in ${durationWords(seconds)}`;
}
