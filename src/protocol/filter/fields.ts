/**
 * What runs can be filtered by: the one list that the parser, its faults, completion, help and documents are made of.
 * A field without a word here does not exist.
 */
import { RUN_STATUSES, type RunStatus } from '../status.ts';
import { WAITING_KINDS, type WaitingKind } from './waiting-kinds.ts';

const OPEN = ['pending', 'running', 'paused'] as const;
const ENDED = ['completed', 'failed', 'cancelled', 'terminated', 'timed_out'] as const;

/** Each word that may stand for statuses, with those. */
export const STATUS_WORDS: Readonly<Record<string, readonly RunStatus[]>> = {
  ...Object.fromEntries(RUN_STATUSES.map((status) => [status, [status]])),
  open: OPEN,
  ended: ENDED,
};

/** Each word that may stand for kinds of waiting, with those. */
export const WAITING_WORDS: Readonly<Record<string, readonly WaitingKind[]>> = {
  ...Object.fromEntries(WAITING_KINDS.map((kind) => [kind, [kind]])),
  any: WAITING_KINDS,
};

/** Who has to do something. */
export const NEEDS_WORDS: Readonly<Record<string, readonly WaitingKind[]>> = {
  me: ['question', 'limit'],
  somebody: ['question', 'limit', 'worker', 'node', 'hang'],
};

/** `pattern`: texts, a star stands for anything; `words`: of a list; the others say it. */
type FieldKind = 'words' | 'pattern' | 'label' | 'time' | 'amount';

interface Field {
  readonly kind: FieldKind;
  /** What it is, in a few words. */
  readonly help: string;
  /** Whole words of a filter. */
  readonly examples: readonly [string, ...string[]];
  /** Of `words`: all there are. */
  readonly words?: readonly string[];
}

export const FIELDS = {
  status: {
    kind: 'words',
    help: 'how it stands; open and ended stand for several',
    examples: ['status:failed,running', '-status:completed'],
    words: Object.keys(STATUS_WORDS),
  },
  workflow: {
    kind: 'pattern',
    help: 'name of its definition',
    examples: ['workflow:code-review', 'workflow:code-*'],
  },
  version: {
    kind: 'pattern',
    help: 'of its definition; 1.2 means 1.2.0 and 1.2.1 too',
    examples: ['version:1.2'],
  },
  label: {
    kind: 'label',
    help: 'a label, or one with a value',
    examples: ['label:team=payments', 'label:pr', 'label:team=payments,growth'],
  },
  agent: { kind: 'pattern', help: 'an agent of one of its steps', examples: ['agent:reviewer'] },
  model: {
    kind: 'pattern',
    help: 'a model that answered it, with its provider or without',
    examples: ['model:openai/gpt-5*', 'model:claude-*'],
  },
  by: { kind: 'pattern', help: 'who started it', examples: ['by:ana'] },
  needs: {
    kind: 'words',
    help: 'who has to do something: me (a question, a limit) or somebody (also a worker)',
    examples: ['needs:me'],
    words: Object.keys(NEEDS_WORDS),
  },
  waiting: {
    kind: 'words',
    help: 'what it waits for',
    examples: ['waiting:question', 'waiting:any'],
    words: Object.keys(WAITING_WORDS),
  },
  created: {
    kind: 'time',
    help: 'when: a day, a time, or its age',
    examples: ['created<24h', 'created>2026-11-01', 'created:today'],
  },
  ended: { kind: 'time', help: 'when it ended', examples: ['ended<1h', 'ended:yesterday'] },
  updated: { kind: 'time', help: 'when something of it changed last', examples: ['updated>2h'] },
  duration: {
    kind: 'amount',
    help: 'from start to end, or until now',
    examples: ['duration>10m', 'duration<=1h30m'],
  },
  cost: {
    kind: 'amount',
    help: 'in dollars, where every price is known; cost:unknown where one is not',
    examples: ['cost>1.50', 'cost:unknown'],
  },
  tokens: { kind: 'amount', help: 'of all its model calls', examples: ['tokens>100k'] },
  turns: { kind: 'amount', help: 'of all its agents', examples: ['turns>20'] },
  attempts: { kind: 'amount', help: 'tries of one of its steps', examples: ['attempts>1'] },
  error: {
    kind: 'pattern',
    help: 'a part of what went wrong',
    examples: ['error:timeout', 'error:"rate limit"'],
  },
  reason: {
    kind: 'pattern',
    help: 'the kind of what went wrong, as runs tell it in error.type, else their status',
    examples: ['reason:timed_out', 'reason:max_turns_exceeded'],
  },
  failed_step: { kind: 'pattern', help: 'the step that it failed at', examples: ['failed_step:test'] },
  id: { kind: 'pattern', help: 'the id, or its beginning with a star', examples: ['id:code-review-4f*'] },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof FIELDS;

/** Of these the API lists the values of late. */
export const OCCURRING = [
  'workflow',
  'version',
  'label',
  'agent',
  'model',
  'by',
] as const satisfies readonly FieldName[];

export type OccurringField = (typeof OCCURRING)[number];

export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

export type FieldOf<Kind extends FieldKind> = {
  [Name in FieldName]: (typeof FIELDS)[Name]['kind'] extends Kind ? Name : never;
}[FieldName];

/** As anybody may have written it. */
export function fieldNamed(name: string): FieldName | undefined {
  const small = name.toLowerCase();
  return Object.hasOwn(FIELDS, small) ? (small as FieldName) : undefined;
}
