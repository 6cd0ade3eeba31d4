import { MockActivityEnvironment } from '@temporalio/testing';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, describe, expect, it } from 'vitest';
import { failureOf, runActivity, stepInput } from '../../test/support/step-attempt.ts';
import { openDatabase } from '../database/database.ts';
import { createLogger } from '../log/log.ts';
import type { TransformSpec } from '../plan/plan.ts';
import { readSecrets } from './secrets.ts';
import { stepActivity, type Attempt, type Performed } from './step-activity.ts';
import { performTransform } from './transform.ts';

const log = createLogger('test', 'silent');
// Nobody listens there: what follows is small enough to need no database, or shows what happens without one.
const database = openDatabase('postgres://nobody@127.0.0.1:9/none', { log, name: 'test' });
afterAll(() => database.end());

const secrets = readSecrets({ BATON_SECRET_KEY: 'hush-hush', OPENAI_API_KEY: 'sk-other-key' });
const spec = (value: TransformSpec['value']): TransformSpec => ({ kind: 'transform', value });
const activity = (perform: (attempt: Attempt<TransformSpec>) => Promise<Performed>) =>
  stepActivity<TransformSpec>({ database, log, secrets }, perform);
const transform = activity(performTransform);
const ref = { $blob: 'a'.repeat(64), bytes: 1_000_000 };

/** Ends only with its signal. */
const endless = activity(
  ({ signal }) =>
    new Promise((_, reject) => {
      const stop = () => reject(new Error('whatever a library throws'));
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
    }),
);

describe('stepActivity', () => {
  it('renders over inputs, results, status and run, and answers with the result', async () => {
    const value = {
      sum: { $expr: 'inputs.a + steps["b"].result.n' },
      run: { $expr: 'run.id' },
      status: { $expr: 'steps["b"].status' },
    };
    const values = {
      inputs: { a: { value: 1 } },
      steps: { b: { status: 'completed', result: { value: { n: 2 } } } },
    };
    const output = await runActivity(transform, stepInput(spec(value), { values }));
    const expected = { sum: 3, run: 'run-1', status: 'completed' };
    expect(output).toEqual({
      result: { value: expected, bytes: JSON.stringify(expected).length, preview: JSON.stringify(expected) },
    });
  });

  it('fails with the code of an expression', async () => {
    const failure = await failureOf(runActivity(transform, stepInput(spec({ $expr: 'inputs.nothing' }))));
    expect(failure.type).toBe('value_missing');
  });

  it.each([
    ['a string', 'plain text', 'plain text'],
    ['undefined', undefined, 'The step threw undefined.'],
  ])('makes %s that was thrown a failure', async (_, thrown, message) => {
    const failing = activity(async () => {
      throw thrown;
    });
    expect(await failureOf(runActivity(failing, stepInput(spec(null))))).toMatchObject({
      type: 'unknown',
      message,
    });
  });

  it('shows no secret, neither in failures nor in results', async () => {
    const failing = activity(async ({ render }) => {
      throw new Error(`bad ${String(render({ $expr: 'secrets.KEY' }))}`);
    });
    const failure = await failureOf(runActivity(failing, stepInput(spec(null))));
    expect(failure.message).toBe('bad ***');
    const { result } = await runActivity(transform, stepInput(spec({ echo: { $expr: 'secrets.KEY' } })));
    expect(result).toMatchObject({ value: { echo: '***' }, preview: '{"echo":"***"}' });
    // Whoever echoes another step's secret, or a key of the worker, in whatever form: nothing in the spec says so.
    const echoed = { body: [`Basic ${btoa('me:hush-hush')}`, 'sk-other-key'], 'hush-hush': 'hush%2Dhush' };
    const echo = await runActivity(transform, stepInput(spec(echoed)));
    expect(JSON.stringify(echo)).not.toMatch(/hush|sk-other|aHVzaC1odXNo|1aHVzaC/);
  });

  it('ends by its own deadline, whatever the kind throws then', async () => {
    const failure = await failureOf(runActivity(endless, stepInput(spec(null), { timeoutMs: 20 })));
    expect(failure).toMatchObject({ type: 'timeout', message: expect.stringContaining('20 ms') });
  });

  it("ends just before Temporal's own timeout", async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 50 });
    expect((await failureOf(runActivity(endless, stepInput(spec(null)), environment))).type).toBe('timeout');
  });

  it('is cancelled when Temporal says so', async () => {
    const environment = new MockActivityEnvironment();
    const ending = runActivity(endless, stepInput(spec(null)), environment);
    environment.cancel();
    await expect(ending).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('does not start work after a cancel', async () => {
    const environment = new MockActivityEnvironment();
    environment.cancel();
    await expect(runActivity(transform, stepInput(spec(1)), environment)).rejects.toBeInstanceOf(
      CancelledFailure,
    );
  });

  it("fails as the machinery's fault when the worker shuts down", async () => {
    const environment = new MockActivityEnvironment();
    const ending = runActivity(endless, stepInput(spec(null)), environment);
    environment.cancel('WORKER_SHUTDOWN', { ...NO_DETAILS, workerShutdown: true });
    expect((await failureOf(ending)).type).toBe('worker_shutdown');
  });

  it('heartbeats while it works', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 30 });
    const beaten = new Promise((resolve) => environment.once('heartbeat', resolve));
    const ending = runActivity(endless, stepInput(spec(null)), environment);
    await beaten;
    environment.cancel();
    await expect(ending).rejects.toBeInstanceOf(CancelledFailure);
  });
});

describe('stepActivity without its database', () => {
  it('fails as the machinery when values cannot be loaded', async () => {
    const values = { inputs: { big: { ref } }, steps: {} };
    const failure = await failureOf(
      runActivity(transform, stepInput(spec({ $expr: 'inputs.big' }), { values })),
    );
    expect(failure.type).toBe('storage_unavailable');
  });

  it('keeps trying to store a result until its deadline', async () => {
    const large = activity(async () => ({ value: 'x'.repeat(1_000) }));
    const failure = await failureOf(runActivity(large, stepInput(spec(null), { timeoutMs: 50 })));
    expect(failure.type).toBe('storage_unavailable');
  });
});

const NO_DETAILS = {
  cancelRequested: false,
  notFound: false,
  paused: false,
  timedOut: false,
  workerShutdown: false,
  reset: false,
};
