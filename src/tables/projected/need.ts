/** What somebody has to do so that a run goes on, as its row says it. */
import type { QuestionKind } from '../../protocol/question.ts';

/** `step` null: it concerns the run. */
export interface Need {
  readonly step: string | null;
  readonly kind: QuestionKind;
  /** In a person's words, with the way to do it. */
  readonly message: string;
}
