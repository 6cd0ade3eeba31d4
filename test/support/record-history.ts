/** Keeps histories of runs as files, so that later versions can be replayed and folded against them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { INTERPRETER_VERSION } from '../../src/protocol/envelope.ts';
import { temporalTarget } from './index.ts';

export const HISTORIES = new URL('../histories/', import.meta.url);

/** With `BATON_RECORD=1` writes the run's newest execution to `test/histories/v<interpreter>-<name>.json`. */
export async function recordHistory(name: string, runId: string): Promise<void> {
  if (process.env['BATON_RECORD'] !== '1') return;
  const connection = await connectTemporal(temporalTarget());
  try {
    const client = temporalClient(connection, temporalTarget(), 'baton-test');
    const history = await client.workflow.getHandle(runId).fetchHistory();
    await mkdir(HISTORIES, { recursive: true });
    const file = new URL(`v${INTERPRETER_VERSION}-${name}.json`, HISTORIES);
    const text = JSON.stringify(JSON.parse(historyToJSON(history)));
    // Stack traces name the folder of the checkout.
    await writeFile(file, `${text.replaceAll(process.cwd(), '/baton')}\n`);
  } finally {
    await connection.close();
  }
}
