/** Points that a run can be set back to, and other runs that begin there. */
import type {
  Checkpoint,
  CheckpointDetail,
  CheckpointTaken,
  ForkAnswer,
  ForkRun,
  LabelRun,
  PromoteRun,
  RestoreAnswer,
  RestoreRun,
} from '../generated.ts';
import { Listing } from '../reading/listing.ts';
import { newId, type CallOptions, type Calls } from '../sending/calls.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { keyed, named, type KeyOptions } from './runs.ts';

export class Checkpoints {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  list(runId: string, options: CallOptions = {}): Listing<Checkpoint> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/runs/{id}/checkpoints', {
        ...options,
        path: { id: runId },
        ...(cursor !== undefined && { query: { cursor } }),
      }),
    );
  }

  /** @param checkpoint its number, `cp-3`, or its label */
  get(runId: string, checkpoint: string, options: CallOptions = {}): Promise<CheckpointDetail> {
    const path = { id: runId, checkpoint };
    return this.#calls.data('get', '/api/v1/runs/{id}/checkpoints/{checkpoint}', { ...options, path });
  }

  /** Names the point at which an open run stands. */
  async label(runId: string, body: LabelRun, options: CallOptions = {}): Promise<Outcome<CheckpointTaken>> {
    const path = { id: runId };
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/checkpoints', {
        ...options,
        path,
        body: named(body),
      }),
    );
  }

  /** Sets a run back. What came later is superseded. */
  async restore(
    runId: string,
    body: RestoreRun,
    { idempotencyKey = newId(), ...options }: KeyOptions = {},
  ): Promise<Outcome<RestoreAnswer>> {
    const headers = keyed(idempotencyKey, options);
    const sent = { ...options, path: { id: runId }, body, headers };
    return outcomeOf(await this.#calls.call('post', '/api/v1/runs/{id}/restore', sent));
  }

  /** Starts other runs that begin with the state of a checkpoint. */
  fork(
    runId: string,
    body: ForkRun,
    { idempotencyKey = newId(), ...options }: KeyOptions = {},
  ): Promise<ForkAnswer> {
    const headers = keyed(idempotencyKey, options);
    return this.#calls.data('post', '/api/v1/runs/{id}/forks', {
      ...options,
      path: { id: runId },
      body,
      headers,
    });
  }

  /** Makes the results of a fork those of the run that it was forked from. */
  async promote(
    runId: string,
    body: PromoteRun,
    { idempotencyKey = newId(), ...options }: KeyOptions = {},
  ): Promise<Outcome<RestoreAnswer>> {
    const headers = keyed(idempotencyKey, options);
    const sent = { ...options, path: { id: runId }, body, headers };
    return outcomeOf(await this.#calls.call('post', '/api/v1/runs/{id}/promotions', sent));
  }
}
