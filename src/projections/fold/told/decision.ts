/** What a decision's notes tell, in the order in which people would tell it. */
import type { Note, RunState } from '../../../workflows/core/index.ts';
import type { Decision, SourcedNote } from '../execution-fold.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';
import { isAgentNote, tellAgent } from './agents.ts';
import { beginFork, reopenSteps } from './branch.ts';
import { isQuestionNote, tellQuestion } from './questions.ts';
import { isMessageNote, tellMessage } from './receipts.ts';
import { tellRun } from './run.ts';
import { isPersonNote, tellPerson } from './single-steps.ts';
import { isStepNote, tellStep } from './steps.ts';
import { isWorkspaceNote, tellWorkspace } from './workspace.ts';

/** `answers`: the question that a command has answered. */
type ToldNote = SourcedNote & { readonly answers?: string | null };

/** @param place of the event that completed the task, at the decision's time */
export function tellDecision(view: View, place: HistoryPlace, { state, notes }: Decision): void {
  if (reopens(notes)) takeUp(view, place, state, notes);
  let source: SourcedNote['source'] = null;
  let where = place;
  let causedBy: number | null = null;
  for (const entry of inTellingOrder(notes)) {
    if (entry.source !== source) {
      source = entry.source;
      where = { ...place, eventId: source?.event.eventId ?? place.eventId };
      causedBy = null;
    }
    causedBy = tellNote(view, where, entry, causedBy, state) ?? causedBy;
  }
}

/** Before anything is told of it: what is open again of a closed run, or the beginning of one that was forked. */
function takeUp(view: View, place: HistoryPlace, state: RunState, notes: readonly SourcedNote[]): void {
  const moved = new Set(notes.flatMap(({ note }) => (isStepNote(note) ? [note.step] : [])));
  const given = new Set(notes.flatMap(({ note }) => (isGiven(note) ? [note.step] : [])));
  if (view.rows.run.status === 'pending') beginFork(view, place, state, new Set([...moved, ...given]));
  else reopenSteps(view, place, state, { moved, given });
}

const isGiven = (note: Note) => note.type === 'step_overridden' || note.type === 'step_decided';

/** A closed run goes on, or one was forked, and its plan has said what of it is open again. */
export function reopens(notes: readonly SourcedNote[]): boolean {
  return notes.some(({ note }) => note.type === 'run_reopened');
}

/** Answers the event that what follows from the same fact refers to. @param state after the whole task */
function tellNote(
  view: View,
  place: HistoryPlace,
  { note, source, answers = null }: ToldNote,
  causedBy: number | null,
  state: RunState,
): number | null {
  if (isPersonNote(note)) tellPerson(view, place, note, { source, causedBy, state });
  else if (isStepNote(note)) tellStep(view, place, note, state);
  else if (isAgentNote(note)) tellAgent(view, place, note, state);
  else if (isQuestionNote(note)) tellQuestion(view, place, note, causedBy);
  else if (isMessageNote(note)) tellMessage(view, place, note, causedBy);
  else if (isWorkspaceNote(note)) tellWorkspace(view, place, note);
  else return tellRun(view, place, note, { source, causedBy, answers, state });
  return null;
}

/** A command's receipt is noted after what the command did; it is told before. */
function inTellingOrder(notes: readonly SourcedNote[]): readonly ToldNote[] {
  if (!notes.some(({ note }) => note.type === 'command')) return notes;
  const told: ToldNote[] = [];
  let held: SourcedNote[] = [];
  const tellHeld = (): void => {
    told.push(...held);
    held = [];
  };
  for (const entry of notes) {
    if (held[0]?.source !== entry.source) tellHeld();
    if (entry.note.type === 'command') {
      told.push({ ...entry, answers: questionAnswered(held) });
      tellHeld();
    } else if (entry.source?.fact.type === 'signal') held.push(entry);
    else told.push(entry);
  }
  tellHeld();
  return told;
}

function questionAnswered(done: readonly SourcedNote[]): string | null {
  const answer = done.map(({ note }) => note).find((note) => note.type === 'question_answered');
  return answer?.question ?? null;
}
