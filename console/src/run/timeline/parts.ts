/**
 * What an agent's step did inside its attempts: its turns (calls of a model) and calls of tools, each in a lane in which
 * nothing else is at that time. Pure.
 */
import type { ModelCall, RunEvent } from '../../api/generated.ts';
import type { Range } from './axis.ts';

export interface Part extends Range {
  readonly id: string;
  readonly kind: 'turn' | 'compaction' | 'tool';
  /** It goes on: `until` is now. */
  readonly isOpen: boolean;
  readonly isFault: boolean;
  readonly name: string;
  readonly turn: number;
  readonly attempt: number;
  /** Of turns that have ended. */
  readonly call: ModelCall | null;
  /** Of tools: what they were given, and what came of it. */
  readonly given: string | null;
  readonly answer: string | null;
  /** From 0 on; turns are in the first. */
  readonly lane: number;
}

/** So many tools at once have lanes of their own; more share the last. */
const MOST_LANES = 5;

/** @param now what came later is not told; ms */
export function partsOf(
  calls: readonly ModelCall[],
  events: readonly RunEvent[],
  now: number,
): readonly Part[] {
  const parts = [...calls.map((call) => turnOf(call, now)), ...toolsOf(events, now)];
  return inLanes(parts.filter(({ from }) => from <= now).toSorted((a, b) => a.from - b.from));
}

/** How many lanes they take; one at least. */
export function lanesOf(parts: readonly Part[]): number {
  return parts.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
}

type Loose = Omit<Part, 'lane'>;

function turnOf(call: ModelCall, now: number): Loose {
  const ended = call.completed_at === null ? undefined : Date.parse(call.completed_at);
  const range = rangeOf(Date.parse(call.started_at), ended, now);
  return {
    id: `${call.epoch} ${call.attempt} ${call.turn} ${call.purpose} ${call.started_at}`,
    kind: call.purpose,
    ...range,
    isFault: !range.isOpen && (call.error !== null || call.status === 'failed' || call.status === 'lost'),
    name: call.model ?? call.requested_model ?? 'model',
    turn: call.turn,
    attempt: call.attempt,
    call: range.isOpen ? null : call,
    given: null,
    answer: null,
  };
}

interface ToolData {
  readonly index?: number;
  readonly name?: string;
  readonly preview?: string;
  readonly comment?: string;
  readonly is_error?: boolean;
}

const dataOf = ({ data }: RunEvent) => (data ?? {}) as ToolData;

/** After a rewind the same place comes again: the next answer is the one. */
function toolsOf(events: readonly RunEvent[], now: number): readonly Loose[] {
  const nameOf = (event: RunEvent) => `${event.attempt} ${event.turn} ${dataOf(event).index}`;
  const answers = new Map<string, RunEvent[]>();
  for (const event of events) {
    if (event.type !== 'tool_response') continue;
    const known = answers.get(nameOf(event));
    if (known === undefined) answers.set(nameOf(event), [event]);
    else known.push(event);
  }
  return events
    .filter(({ type }) => type === 'tool_call')
    .map((call) => {
      const answer = answers
        .get(nameOf(call))
        ?.find(({ seq, at }) => seq > call.seq && Date.parse(at) <= now);
      const { name, preview } = dataOf(call);
      const told = answer === undefined ? {} : dataOf(answer);
      return {
        id: `tool ${call.seq}`,
        kind: 'tool',
        ...rangeOf(Date.parse(call.at), answer === undefined ? undefined : Date.parse(answer.at), now),
        isFault: told.is_error === true,
        name: name ?? 'tool',
        turn: call.turn ?? 0,
        attempt: call.attempt ?? 0,
        call: null,
        given: preview ?? null,
        answer: told.comment ?? told.preview ?? null,
      };
    });
}

function rangeOf(from: number, ended: number | undefined, now: number): Range & { readonly isOpen: boolean } {
  const isOpen = ended === undefined || ended > now;
  return { from, until: Math.max(from, isOpen ? now : ended), isOpen };
}

function inLanes(parts: readonly Loose[]): readonly Part[] {
  const busy: number[] = [];
  return parts.map((part) => {
    if (part.kind !== 'tool') return { ...part, lane: 0 };
    const free = busy.findIndex((until) => until <= part.from);
    const lane = Math.min(free === -1 ? busy.length : free, MOST_LANES - 2);
    busy[lane] = Math.max(busy[lane] ?? 0, part.until);
    return { ...part, lane: lane + 1 };
  });
}
