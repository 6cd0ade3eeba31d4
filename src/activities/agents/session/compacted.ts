/**
 * Branches with summaries in them: what a model still sees, and what the next summary would stand for.
 *
 * The beginning (setup and prompt) is never summarised, what people said neither. An answer and what became of its calls
 * stay together, on one side of the border or the other.
 */
import { jsonBytes, type Json } from '../../../plan/json.ts';
import { ASK_USER } from '../../../protocol/agent.ts';
import type { SessionEntry, SummaryContent } from '../../../protocol/session.ts';
import type { SessionNode } from './node.ts';
import type { Branch } from './session-store.ts';

/** Entries before this depth begin every conversation. */
const FIRST = 2;
/** Answers, with what followed them, that stay as they are where there are enough: fewer when they are large. */
const KEPT_TURNS = 2;
/** Sources of what people have said. */
const WORDS: ReadonlySet<string> = new Set(['continue', 'instruction', 'redirect']);

export interface Seen {
  /** Setup and prompt. */
  readonly beginning: readonly SessionNode[];
  /** What the summary stands for, and people had said. */
  readonly words: readonly SessionNode[];
  readonly summary: SummaryContent | null;
  readonly recent: readonly SessionNode[];
}

/** What a model sees of the branch. */
export function seenOf(branch: Branch): Seen {
  const summary = branch
    .map(({ entry }) => (entry.role === 'summary' ? entry.content : null))
    .findLast(Boolean);
  const end = summary?.to ?? FIRST - 1;
  const others = branch.filter(({ entry, depth }) => entry.role !== 'summary' && depth >= FIRST);
  return {
    beginning: branch.filter(({ depth }) => depth < FIRST),
    words: others.filter(({ entry, depth }) => depth <= end && isWords(entry)),
    summary: summary ?? null,
    recent: others.filter(({ depth }) => depth > end),
  };
}

function isWords(entry: SessionEntry): boolean {
  if (entry.role === 'user') return WORDS.has(entry.content.source);
  return entry.role === 'tool' && entry.content.results.some(isPersonsAnswer);
}

/** What a person answered when the agent asked. */
export function isPersonsAnswer({
  name,
  isError,
}: {
  readonly name: string;
  readonly isError: boolean;
}): boolean {
  return name === ASK_USER && !isError;
}

export interface Coverage {
  /** Depths, as they will stand in the summary. */
  readonly from: number;
  readonly to: number;
  /** What it is written of, besides the summary before it. */
  readonly entries: readonly SessionNode[];
}

/**
 * What a summary made now would stand for; null where nothing is old enough.
 *
 * @param most bytes that the last turns may have to stay all; the last one stays however large it is
 */
export function coverageOf({ recent }: Seen, most: number): Coverage | null {
  const answers = recent.flatMap(({ entry }, i) => (entry.role === 'assistant' ? [i] : []));
  const wanted = Math.min(KEPT_TURNS, answers.length - 1);
  const kept = sizeOf(recent.slice(answers.at(-wanted))) <= most ? wanted : 1;
  const border = wanted < 1 ? undefined : answers.at(-kept);
  const entries = recent.slice(0, border ?? 0);
  const last = entries.at(-1);
  return last === undefined ? null : { from: FIRST, to: last.depth, entries };
}

function sizeOf(nodes: readonly SessionNode[]): number {
  const sizes = nodes.map(({ entry }) => {
    if (entry.role !== 'tool') return jsonBytes(entry.content as unknown as Json);
    const outputs = entry.content.results.map(({ output }) => output);
    return outputs.reduce((sum, one) => sum + ('ref' in one ? one.ref.bytes : jsonBytes(one.value)), 0);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
