/** Baton over HTTP. Keeps no connection and no state: one may be made for each request, or for a program. */
import {
  Calls,
  type AnswerOf,
  type CallArguments,
  type CallInput,
  type Method,
  type PathOf,
} from './sending/calls.ts';
import { settingsOf, type BatonOptions } from './sending/options.ts';
import { Transport, type Answered } from './sending/transport.ts';
import { Checkpoints } from './rooms/checkpoints.ts';
import { Messages } from './rooms/messages.ts';
import { Questions } from './rooms/questions.ts';
import { Runs } from './rooms/runs.ts';
import { Edits, Steps } from './rooms/steps.ts';
import { Workflows } from './rooms/workflows.ts';

export class Baton {
  readonly runs: Runs;
  readonly steps: Steps;
  readonly edits: Edits;
  readonly messages: Messages;
  readonly questions: Questions;
  readonly checkpoints: Checkpoints;
  readonly workflows: Workflows;
  readonly #calls: Calls;

  /** @throws TypeError for an address that is none */
  constructor(options: BatonOptions) {
    this.#calls = new Calls(new Transport(settingsOf(options)));
    this.runs = new Runs(this.#calls);
    this.steps = new Steps(this.#calls);
    this.edits = new Edits(this.#calls);
    this.messages = new Messages(this.#calls);
    this.questions = new Questions(this.#calls);
    this.checkpoints = new Checkpoints(this.#calls);
    this.workflows = new Workflows(this.#calls);
  }

  /**
   * Any operation of the API by its path, for what has no function of its own:
   * `baton.call('get', '/api/v1/runs/{id}/calls', { path: { id } })`. What changes something is sent again only with a header
   * `idempotency-key`, or an `id` in its body.
   *
   * @throws BatonError; the reason of `signal`
   */
  call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...input: CallArguments<CallInput<P, M>>
  ): Promise<Answered<AnswerOf<P, M>>> {
    return this.#calls.call(method, path, ...input);
  }
}
