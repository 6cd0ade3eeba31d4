/**
 * The shell around the core: collects facts, runs the core once for each workflow task, and turns its actions into
 * Temporal calls. It decides nothing.
 *
 * Everything runs non-cancellable: Temporal's cancel request is a fact like any other. Handlers are registered before
 * the first await, take whatever comes and never throw.
 */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  setCurrentDetails,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { advance, begin, statusOf, statusText, threadOf } from './core/index.ts';
import type { Fact, Moment, RunState, Start } from './core/index.ts';
import { endExecution } from './end-execution.ts';
import { Effects } from './effects.ts';

/** Runs one execution of a run. Arguments: the inputs, and the envelope unless an operator started it by hand. */
export async function interpret(inputs?: unknown, envelope?: unknown): Promise<unknown> {
  const facts = new FactInbox();
  let state: RunState | undefined;
  registerHandlers(facts, () => state);
  showDetails(() => (state === undefined ? '' : statusText(state)));
  const closing = await CancellationScope.nonCancellable(async () => {
    const effects = new Effects((fact) => facts.add(fact));
    let next = begin(startOf(inputs, envelope), moment());
    for (;;) {
      state = next.state;
      const close = effects.perform(next.actions);
      if (close !== undefined) return close;
      next = advance(state, await facts.taken(), moment());
    }
  });
  return endExecution(closing);
}

/**
 * The facts of one workflow task.
 *
 * A task's signals wake the main loop before the answers of its activities have come through their promises. The
 * second condition is therefore false when it is first asked and true when Temporal asks again, which is after all
 * of these have run: so the core sees a whole task at once, as the fold does.
 */
class FactInbox {
  private facts: Fact[] = [];

  add(fact: Fact): void {
    this.facts.push(fact);
  }

  async taken(): Promise<readonly Fact[]> {
    await condition(() => this.facts.length > 0);
    let asked = 0;
    await condition(() => ++asked > 1);
    const facts = this.facts;
    this.facts = [];
    return facts;
  }
}

function registerHandlers(facts: FactInbox, state: () => RunState | undefined): void {
  setDefaultSignalHandler((name, ...args: unknown[]) =>
    facts.add({ type: 'signal', name, payload: args[0] }),
  );
  setDefaultUpdateHandler((name) => {
    throw ApplicationFailure.nonRetryable(`runs take signals, not updates ("${name}")`, 'unknown_update');
  });
  setHandler(
    defineQuery<unknown>('status'),
    () => {
      const known = state();
      return known === undefined ? null : statusOf(known);
    },
    { description: 'Steps with their states' },
  );
  setHandler(
    defineQuery<unknown>('thread'),
    () => {
      const known = state();
      return known === undefined ? null : threadOf(known);
    },
    { description: 'Messages that wait for agents, and questions that wait for people' },
  );
  setHandler(defineQuery<unknown>('plan'), () => state()?.plan ?? null, {
    description: 'The compiled definition',
  });
  CancellationScope.current().cancelRequested.catch(() => facts.add({ type: 'cancel_requested' }));
}

/**
 * The plan with states, for the Web UI. Temporal puts the details into the JSON of its metadata query: the text is
 * only built when somebody looks, not in every task, where it would be half of the core's time.
 */
function showDetails(text: () => string): void {
  setCurrentDetails({ toJSON: text } as unknown as string);
}

function startOf(inputs: unknown, envelope: unknown): Start {
  const { workflowId, workflowType, firstExecutionRunId } = workflowInfo();
  return {
    runId: workflowId,
    workflow: workflowType,
    firstExecutionId: firstExecutionRunId,
    inputs,
    envelope,
  };
}

function moment(): Moment {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return { now: Date.now(), historyLength, continueSuggested: continueAsNewSuggested };
}
