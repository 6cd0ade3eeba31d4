/** Single steps of a run, and changes of the plan of an open one. */
import type {
  Command,
  EditAnswer,
  EditRun,
  OverrideStep,
  RunDefinition,
  RunRevision,
  SetLimits,
  SkipStep,
  Step,
} from '../generated.ts';
import type { AnswerOf, CallOptions, Calls } from '../sending/calls.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { named } from './runs.ts';

type StepAnswer = AnswerOf<'/api/v1/runs/{id}/steps/{key}/hold', 'post'>;
type Action = 'retry' | 'stop-retrying' | 'hold' | 'release' | 'compact';

export class Steps {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  get(runId: string, step: string, options: CallOptions = {}): Promise<Step> {
    return this.#calls.data('get', '/api/v1/runs/{id}/steps/{key}', {
      ...options,
      path: { id: runId, key: step },
    });
  }

  retry(
    runId: string,
    step: string,
    body: Command = {},
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    return this.#command('retry', runId, step, body, options);
  }

  /** Another attempt that waits does not begin. */
  stopRetrying(
    runId: string,
    step: string,
    body: Command = {},
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    return this.#command('stop-retrying', runId, step, body, options);
  }

  hold(
    runId: string,
    step: string,
    body: Command = {},
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    return this.#command('hold', runId, step, body, options);
  }

  release(
    runId: string,
    step: string,
    body: Command = {},
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    return this.#command('release', runId, step, body, options);
  }

  /** Has the older turns of an agent summarised. */
  compact(
    runId: string,
    step: string,
    body: Command = {},
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    return this.#command('compact', runId, step, body, options);
  }

  async skip(
    runId: string,
    step: string,
    body: SkipStep = {},
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    const sent = { ...options, path: { id: runId, key: step }, body: named(body) };
    return outcomeOf(await this.#calls.call('post', '/api/v1/runs/{id}/steps/{key}/skip', sent));
  }

  /** The step has this result. */
  async override(
    runId: string,
    step: string,
    body: OverrideStep,
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    const sent = { ...options, path: { id: runId, key: step }, body: named(body) };
    return outcomeOf(await this.#calls.call('post', '/api/v1/runs/{id}/steps/{key}/override', sent));
  }

  /** What an agent may use up. */
  async limit(
    runId: string,
    step: string,
    body: SetLimits,
    options: CallOptions = {},
  ): Promise<Outcome<StepAnswer>> {
    const sent = { ...options, path: { id: runId, key: step }, body: named(body) };
    return outcomeOf(await this.#calls.call('post', '/api/v1/runs/{id}/steps/{key}/limits', sent));
  }

  async #command(
    action: Action,
    runId: string,
    step: string,
    body: Command,
    options: CallOptions,
  ): Promise<Outcome<StepAnswer>> {
    const sent = { ...options, path: { id: runId, key: step }, body: named(body) };
    return outcomeOf(await this.#calls.call('post', `/api/v1/runs/{id}/steps/{key}/${action}`, sent));
  }
}

export class Edits {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Changes the plan of an open run; with `dry_run` it only tells what would come of it. */
  async apply(runId: string, body: EditRun, options: CallOptions = {}): Promise<Outcome<EditAnswer>> {
    const sent = { ...options, path: { id: runId }, body: named(body) };
    return outcomeOf(await this.#calls.call('post', '/api/v1/runs/{id}/edits', sent));
  }

  /** The plans that a run has had. */
  async list(runId: string, options: CallOptions = {}): Promise<readonly RunRevision[]> {
    return (await this.#calls.data('get', '/api/v1/runs/{id}/edits', { ...options, path: { id: runId } }))
      .items;
  }

  /** The definition that the run has now. */
  definition(runId: string, options: CallOptions = {}): Promise<RunDefinition> {
    return this.#calls.data('get', '/api/v1/runs/{id}/definition', { ...options, path: { id: runId } });
  }
}
