/** A process whose loop is hung by an activity whose evaluation never ends. Arguments: database URL. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { tellEvaluating } from '../../src/expressions/tell-evaluating.ts';
import { createLogger } from '../../src/log/log.ts';
import { watchLoop } from '../../src/worker/watch/loop-watch.ts';

const [databaseUrl = ''] = process.argv.slice(2);
const watched = { databaseUrl, worker: 'hanging-loop', logLevel: 'fatal', recordMs: 60_000 };
watchLoop(watched, createLogger('test', 'fatal'));
// The thread that watches has to be there first.
await new Promise((done) => setTimeout(done, 2_000));
await new MockActivityEnvironment({ workflowExecution: { workflowId: 'run-1', runId: 'execution-1' } }).run(
  async () =>
    tellEvaluating('inputs.t.matches("for ever")', () => {
      // Hangs it without taking the processor from the tests beside it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }),
);
