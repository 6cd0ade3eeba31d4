/** What runs ask of people. */
import type { AnswerCommand, Question } from '../generated.ts';
import { Listing } from '../reading/listing.ts';
import type { AnswerOf, CallInput, CallOptions, Calls } from '../sending/calls.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { named } from './runs.ts';

export type QuestionsQuery = Omit<NonNullable<CallInput<'/api/v1/questions', 'get'>['query']>, 'cursor'>;
type Answered = AnswerOf<'/api/v1/runs/{id}/answers', 'post'>;

export class Questions {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Those of all runs that wait for people, the oldest first; `run` and `status` choose others. */
  list(query: QuestionsQuery = {}, options: CallOptions = {}): Listing<Question> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/questions', {
        ...options,
        query: { ...query, ...(cursor !== undefined && { cursor }) },
      }),
    );
  }

  /** @throws BatonError `answer_invalid` with the places; `command_refused` */
  async answer(runId: string, body: AnswerCommand, options: CallOptions = {}): Promise<Outcome<Answered>> {
    const path = { id: runId };
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/answers', { ...options, path, body: named(body) }),
    );
  }
}
