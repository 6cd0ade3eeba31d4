/**
 * One workflow task of an execution: the start, then the facts, then what the task itself has withdrawn, until there is
 * nothing new or the execution closes.
 *
 * That is how Temporal's SDK plays a task for the shell, whose loop it is there; the fold and the test world play it
 * here. Pure: a task that throws has changed nothing.
 */
import type { Advance, Fact, Moment, Start, Watch } from '../kernel/contract.ts';
import type { Kinds } from '../kernel/kind.ts';
import type { Note } from '../kernel/notes.ts';
import type { RunState } from '../kernel/state.ts';
import { KINDS } from '../kinds/index.ts';
import { advance, begin } from '../run/advance.ts';
import { commandsOf, NOTHING_UNDERWAY, reachingServer, withoutEnded } from './commands.ts';
import type { Command, Underway } from './commands.ts';

/** A hosted execution between two tasks. */
export interface Hosted {
  /** null before the first task. */
  readonly state: RunState | null;
  readonly underway: Underway;
}

export const NOT_BEGUN: Hosted = { state: null, underway: NOTHING_UNDERWAY };

/** `S`: a fact with whatever the host knows of where it comes from. */
export interface Task<S extends { readonly fact: Fact }> {
  readonly start: Start;
  readonly facts: readonly S[];
  readonly at: Moment;
  /** A fact that comes from the task itself. */
  readonly fromTask: (fact: Fact) => S;
  /** Is told what the core sees while it decides. */
  readonly watch?: Watch | null;
}

export interface TaskPlayed<S> extends Hosted {
  readonly state: RunState;
  /** The core's answers, one after the other. */
  readonly decisions: readonly Advance[];
  /** Their commands that reach the server. */
  readonly commands: readonly Command[];
  /** Each with the fact that led to it; null: the start, or the task as a whole. */
  readonly notes: readonly { readonly note: Note; readonly source: S | null }[];
  /** It closed without looking at these. */
  readonly unread: readonly S[];
}

/**
 * @param kinds what steps there are
 * @throws UnknownInterpreterError
 */
export function playTask<S extends { readonly fact: Fact }>(
  before: Hosted,
  task: Task<S>,
  kinds: Kinds = KINDS,
): TaskPlayed<S> {
  const { start, facts, at, watch = null } = task;
  const notes: { note: Note; source: S | null }[] = [];
  const decisions: Advance[] = [];
  let commands: readonly Command[] = [];
  let underway = withoutEnded(before.underway, facts.flatMap(idsOf));
  const take = (answer: Advance, of: readonly S[]): readonly S[] => {
    for (const note of answer.notes)
      notes.push({ note, source: note.cause === null ? null : (of[note.cause] ?? null) });
    decisions.push(answer);
    const given = commandsOf(underway, answer.actions);
    const { sent, withdrawn } = reachingServer([...commands, ...given.commands]);
    commands = sent;
    underway = withoutEnded(given.underway, withdrawn);
    return withdrawn.map((id) => task.fromTask({ type: 'activity_cancelled', id, details: null }));
  };
  let { state } = before;
  let next = facts;
  if (state === null) {
    const first = begin(start, at, kinds, watch);
    state = first.state;
    next = [...take(first, []), ...facts];
  }
  while (next.length > 0 && commands.at(-1)?.type !== 'close') {
    const answer: Advance = advance(
      state,
      next.map(({ fact }) => fact),
      at,
      kinds,
      watch,
    );
    state = answer.state;
    next = take(answer, next);
  }
  return { state, underway, decisions, commands, notes, unread: next };
}

function idsOf({ fact }: { readonly fact: Fact }): readonly string[] {
  return 'id' in fact ? [fact.id] : [];
}
