/**
 * The worker of the hand-written side, a process like Baton's own, with the same options. Arguments: address of
 * Temporal. Tells its parent when it polls, and ends when its parent does.
 */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { ACTIVITY_OPTIONS, WORKFLOW_OPTIONS } from '../../src/worker/worker-options.ts';
import * as activities from './activities.ts';
import { HAND_WRITTEN_QUEUE } from './queue.ts';

const [address = ''] = process.argv.slice(2);
const logger = new DefaultLogger('WARN');
Runtime.install({ logger });
const connection = await NativeConnection.connect({ address });
const workflowsPath = fileURLToPath(new URL('./workflows.ts', import.meta.url));
const worker = await Worker.create({
  connection,
  taskQueue: HAND_WRITTEN_QUEUE,
  workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
  activities,
  ...WORKFLOW_OPTIONS,
  ...ACTIVITY_OPTIONS,
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
await worker.run();
