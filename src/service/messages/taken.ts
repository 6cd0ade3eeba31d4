/** What was asked of a run and is not lost any more. */
export interface Taken<Answer> {
  /** The run has come to it; otherwise Temporal has it, and the run will. */
  readonly done: boolean;
  readonly answer: Answer;
}
