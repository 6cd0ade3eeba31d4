/**
 * The events that Baton tells the outside of, by their names, and which of them somebody wants. The one table of it: an
 * event of a run's public record has one of these names, or is not told.
 */
import type { EventType } from '../event.ts';
import type { Json, JsonObject } from '../../plan/json.ts';

/** What each says, for people. */
export const OUTGOING_EVENTS = {
  'run.created': 'the run is known',
  'run.started': 'its first task is done',
  'run.paused': 'it is paused, or will be once nothing is open',
  'run.resumed': 'a pause has ended',
  'run.cancelling': 'it was asked to end',
  'run.redirected': 'another run takes its place',
  'run.plan_edited': 'its plan has another revision',
  'run.continued': 'it had ended, and goes on',
  'run.completed': 'it has ended well',
  'run.failed': 'it has ended with an error, or at a limit',
  'run.cancelled': 'it has ended because somebody wanted it to',
  'run.terminated': 'an operator has ended it in Temporal',
  'run.timed_out': 'it has ended because its time was over',
  'step.started': 'an attempt begins',
  'step.waiting': 'it waits for people or for a moment',
  'step.retrying': 'an attempt has failed, and another follows',
  'step.completed': 'it has a result',
  'step.failed': 'it has failed for good',
  'step.skipped': 'it does not run',
  'step.cancelled': 'it was stopped',
  'question.asked': 'people are asked something',
  'question.answered': 'somebody has answered; it may need further answers',
  'question.closed': 'it has all its answers',
  'question.expired': 'nobody has answered in time',
  'question.withdrawn': 'nobody waits for the answer any more',
  'limit.near': 'much of a limit or budget is used',
  'limit.reached': 'a limit or budget is used up',
} as const;

export type OutgoingName = keyof typeof OUTGOING_EVENTS;

/** Only what somebody asks for by `POST /webhooks/:id/test`. */
export const TEST_EVENT = 'webhook.test';

/** What people want to be told of, in one word. */
export const OCCASIONS = {
  question: ['question.asked'],
  failure: ['run.failed', 'run.timed_out'],
  budget: ['limit.near', 'limit.reached'],
  completed: ['run.completed'],
} as const satisfies Readonly<Record<string, readonly OutgoingName[]>>;
export type Occasion = keyof typeof OCCASIONS;
export const OCCASION_NAMES = Object.keys(OCCASIONS) as readonly Occasion[];

const NAMES = Object.keys(OUTGOING_EVENTS) as readonly OutgoingName[];
const FAMILIES = [...new Set(NAMES.map((name) => `${name.slice(0, name.indexOf('.'))}.*`))];
/** All that can be asked for: names, `run.*` and its like, occasions, `*`. */
export const EVENT_WORDS: readonly string[] = ['*', ...OCCASION_NAMES, ...FAMILIES, ...NAMES];

/** Types of the public record of which some events have a name. */
export const TOLD_TYPES: readonly EventType[] = [
  ...(['workflow_start', 'status_change', 'plan', 'question', 'limit', 'complete'] as const),
];

/** What is looked at of an event of the public record. */
export interface NamedEvent {
  readonly type: string;
  readonly data: JsonObject;
}

/** The name of an event; null: it is not told. */
export function outgoingName({ type, data }: NamedEvent): OutgoingName | null {
  switch (type) {
    case 'workflow_start':
      return 'run.created';
    case 'complete':
      return known(`run.${text(data['status'])}`);
    case 'plan':
      return data['steps'] === undefined ? 'run.plan_edited' : null;
    case 'question':
      return questionName(text(data['action']), text(data['status']));
    case 'limit':
      return data['reached'] === true ? 'limit.reached' : 'limit.near';
    case 'status_change':
      return data['scope'] === 'step' ? stepName(data) : runName(data);
    default:
      return null;
  }
}

function runName({ from, to, redirected_to, cancelling }: JsonObject): OutgoingName | null {
  if (redirected_to !== undefined) return 'run.redirected';
  if (cancelling === true) return 'run.cancelling';
  // How far a pause has come, or that it was made stricter.
  if (from === to) return null;
  if (to === 'paused') return 'run.paused';
  if (to !== 'running') return null;
  if (from === 'paused') return 'run.resumed';
  return from === 'pending' ? 'run.started' : 'run.continued';
}

function stepName({ from, to }: JsonObject): OutgoingName | null {
  // It goes on after people have answered.
  if (to === 'running') return from === 'waiting' ? null : 'step.started';
  return known(`step.${text(to)}`);
}

function questionName(action: string, status: string): OutgoingName | null {
  if (action === 'asked') return 'question.asked';
  if (action === 'answered') return 'question.answered';
  if (action !== 'closed') return null;
  return status === 'answered' ? 'question.closed' : known(`question.${status}`);
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const known = (name: string): OutgoingName | null =>
  Object.hasOwn(OUTGOING_EVENTS, name) ? (name as OutgoingName) : null;

/** True where one of the words means the event of that name. */
export function wants(words: readonly string[], name: string): boolean {
  return words.some((word) => means(word, name));
}

function means(word: string, name: string): boolean {
  if (word === '*' || word === name) return true;
  if (word.endsWith('.*')) return name.startsWith(word.slice(0, -1));
  return Object.hasOwn(OCCASIONS, word) && (OCCASIONS[word as Occasion] as readonly string[]).includes(name);
}
