/** Plays a draft in this page: with what its author says that steps answer, or with what runs have recorded. Pure; for the thread beside the page. */
import { play, rehearse, type Played, type Rehearsal } from '../../../../src/rehearsal/index.ts';
import type { Recording } from '../../../../src/recording/index.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import { draftPlan } from '../editor/verdict/judge.ts';
import type { Format } from '../publish.ts';

interface Draft {
  readonly text: string;
  readonly format: Format;
}

/** A run that is to be played with the draft. */
export interface Recorded {
  readonly recording: Recording;
  /** The plan that it had; null: nobody knows. */
  readonly plan: Plan | null;
}

export type TrialAsk = Draft & ({ readonly mocks: Recording } | { readonly runs: readonly Recorded[] });

/** null: the draft has errors. */
export type TrialAnswer =
  | { readonly played: Played | null }
  | { readonly rehearsals: readonly Rehearsal[] | null };

export function played(ask: TrialAsk): TrialAnswer {
  const plan = draftPlan(ask.text, ask.format);
  if ('mocks' in ask) return { played: plan === null ? null : play(plan, ask.mocks) };
  const each = (one: Recorded) => rehearse(plan as Plan, one.recording, one.plan);
  return { rehearsals: plan === null ? null : ask.runs.map(each) };
}
