/**
 * A Temporal worker whose activities take and give values by our payload converter.
 *
 * The SDK wants the path of a module that it can `require`, which our sources are not; so the loaded converter of the
 * exactly pinned version is exchanged.
 */
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { dataConverter } from '../temporal/payload-converter.ts';

/** @throws Error when the SDK keeps its converter elsewhere */
export async function createWorker(options: WorkerOptions): Promise<Worker> {
  const worker = await Worker.create(options);
  const { loadedDataConverter } = worker.options as { loadedDataConverter?: object };
  if (loadedDataConverter === undefined || !('payloadConverter' in loadedDataConverter))
    throw new Error('this version of the Temporal SDK does not show its payload converter');
  Object.assign(loadedDataConverter, dataConverter);
  return worker;
}
