/** What became of a command. */
import type { Answered } from '../sending/transport.ts';

export interface Outcome<T> {
  /** True: the run has done it. False: Temporal has it, so it is not lost, and the run will come to it. */
  readonly done: boolean;
  readonly answer: T;
}

export function outcomeOf<T>({ data, status }: Answered<T>): Outcome<T> {
  return { done: status !== 202, answer: data };
}
