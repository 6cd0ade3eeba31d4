/** A Temporal worker like any other: it knows nothing of Baton. Arguments: Temporal's address, a task queue. */
import { NativeConnection, Worker } from '@temporalio/worker';
import * as activities from './activities.ts';

const [address = 'localhost:7233', taskQueue = 'weighers'] = process.argv.slice(2);
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, taskQueue, activities });
process.stdout.write(`at work on ${taskQueue}\n`);
await worker.run();
