/**
 * The conversation in one order: what people, agents and Baton said, tool calls with what came of them, what models said
 * between calls, and questions. Pure: made anew from what is known, an entry that has not changed stays the same object.
 */
import type { Question, RunEvent, RunMessage } from '../../../api/generated.ts';
import type { Thread } from './thread.ts';

interface MessageEntry {
  readonly kind: 'message';
  readonly seq: number;
  readonly message: RunMessage;
}

export interface ToolEntry {
  readonly kind: 'tool';
  readonly seq: number;
  readonly call: RunEvent;
  /** Null: under way. */
  readonly response: RunEvent | null;
  /** What the agent said of it, such as `Reading file: a.ts`. */
  readonly comment: string | null;
}

export interface SaidEntry {
  readonly kind: 'said';
  readonly seq: number;
  readonly event: RunEvent;
}

interface QuestionEntry {
  readonly kind: 'question';
  readonly seq: number;
  readonly message: RunMessage;
  readonly question: Question;
}

export type Entry = MessageEntry | ToolEntry | SaidEntry | QuestionEntry;

/** @param before the entries made last: those that say the same stay as they are */
export function entriesOf(
  { messages, events, questions, from }: Thread,
  before: readonly Entry[] = [],
): readonly Entry[] {
  const tools = toolsOf(events, messages);
  // Of what is not here from its beginning, a call may be missing: its answer comes with it.
  const answers =
    from === 0
      ? tools.flatMap(({ response }) => response ?? [])
      : events.filter(({ type }) => type === 'tool_response');
  const told = new Set(answers.map(({ seq }) => seq));
  const asked = new Map(questions.map((question) => [question.id, question]));
  const entries: Entry[] = [
    ...tools,
    ...events.filter(isSaid).map((event) => ({ kind: 'said', seq: event.seq, event }) as const),
    ...messages
      .filter(({ seq, message_type: type }) => !(type === 'agent' && told.has(seq)))
      .map((message) => entryOf(message, asked)),
  ];
  const known = new Map(before.map((entry) => [keyOf(entry), entry]));
  return entries.toSorted((a, b) => a.seq - b.seq).map((entry) => kept(known.get(keyOf(entry)), entry));
}

/** Of lists of elements; two entries may stand at one event. */
export function keyOf({ kind, seq }: Entry): string {
  return `${seq} ${kind}`;
}

/** Which step an entry belongs to; null: the run. */
export function stepOf(entry: Entry): string | null {
  if (entry.kind === 'tool') return entry.call.step;
  if (entry.kind === 'said') return entry.event.step;
  return entry.message.step;
}

export const SPEAKERS = ['people', 'agents', 'baton', 'tools', 'questions'] as const;
export type Speaker = (typeof SPEAKERS)[number];

export function speakerOf(entry: Entry): Speaker {
  if (entry.kind === 'tool') return 'tools';
  if (entry.kind === 'said') return 'agents';
  if (entry.kind === 'question') return 'questions';
  const { message_type: type } = entry.message;
  return type === 'user' ? 'people' : type === 'agent' ? 'agents' : 'baton';
}

interface CallData {
  readonly index?: number;
}

/** Calls with their answers: of the same step, attempt, turn and place. */
function toolsOf(events: readonly RunEvent[], messages: readonly RunMessage[]): readonly ToolEntry[] {
  const nameOf = ({ step, attempt, turn, data }: RunEvent) =>
    `${step} ${attempt} ${turn} ${(data as CallData).index}`;
  const comments = new Map(
    messages.filter(({ message_type: type }) => type === 'agent').map(({ seq, content }) => [seq, content]),
  );
  const answers = new Map<string, RunEvent[]>();
  for (const event of events) {
    if (event.type === 'tool_response')
      answers.set(nameOf(event), [...(answers.get(nameOf(event)) ?? []), event]);
  }
  return events
    .filter(({ type }) => type === 'tool_call')
    .map((call) => {
      // After a rewind the same place comes again: the next answer is the one.
      const response = answers.get(nameOf(call))?.find(({ seq }) => seq > call.seq) ?? null;
      return {
        kind: 'tool',
        seq: call.seq,
        call,
        response,
        comment: response === null ? null : (comments.get(response.seq) ?? null),
      };
    });
}

interface CallEnd {
  readonly preview?: string;
  readonly finish_reason?: string;
}

/** What a model said before it called tools; its last words come as the agent's comment. */
function isSaid({ type, data }: RunEvent): boolean {
  if (type !== 'llm_complete') return false;
  const { preview, finish_reason: reason } = data as CallEnd;
  return preview !== undefined && preview.trim() !== '' && reason === 'tool-calls';
}

function entryOf(message: RunMessage, asked: ReadonlyMap<string, Question>): MessageEntry | QuestionEntry {
  const { seq, message_type: type, metadata } = message;
  const question =
    // Steps ask, and agents do; what a person says may name the question that it answers.
    type !== 'user' && metadata.question !== undefined && metadata.status !== undefined
      ? asked.get(metadata.question)
      : undefined;
  if (question === undefined) return { kind: 'message', seq, message };
  return { kind: 'question', seq, message, question };
}

function kept(before: Entry | undefined, now: Entry): Entry {
  if (before === undefined || before.kind !== now.kind) return now;
  const same = Object.entries(now).every(
    ([name, value]) => (before as unknown as Record<string, unknown>)[name] === value,
  );
  return same ? before : now;
}
