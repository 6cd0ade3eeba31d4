/** What limits a run or a step, and what somebody has to do so that it goes on, as the rows of both say it. */
import type { QuestionKind } from '../../protocol/question.ts';

/** Limits as readers see them: money in dollars, time in ms; null = none. */
export interface LimitsJson {
  readonly max_turns: number | null;
  readonly max_tokens: number | null;
  readonly max_cost_usd: number | null;
  readonly max_duration_ms: number | null;
  readonly on_limit: 'fail' | 'ask';
}

/** Something that somebody has to do so that the run goes on. `step` null: it concerns the run. */
export interface Need {
  readonly step: string | null;
  readonly kind: QuestionKind;
  /** In a person's words, with the way to do it. */
  readonly message: string;
}
