/** Keeps histories of runs as files, so that later versions can be replayed and folded against them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { decodeEvent } from '../../src/projections/decode-event.ts';
import { baseOf } from '../../src/projections/fold/told/continuation.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../../src/temporal/history-event.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { INTERPRETER_VERSION } from '../../src/protocol/envelope.ts';
import { temporalTarget } from './index.ts';

export const HISTORIES = new URL('../histories/', import.meta.url);

/**
 * With `BATON_RECORD=1` writes the run's executions to `test/histories/v<interpreter>-<name>.json`, `….2.json` and so on,
 * in their order.
 */
export async function recordHistory(name: string, runId: string): Promise<void> {
  if (process.env['BATON_RECORD'] !== '1') return;
  const connection = await connectTemporal(temporalTarget());
  try {
    const client = temporalClient(connection, temporalTarget(), 'baton-test');
    const histories = [await client.workflow.getHandle(runId).fetchHistory()];
    for (let before = predecessorOf(histories[0]); before !== null; before = predecessorOf(histories[0]))
      histories.unshift(await client.workflow.getHandle(runId, before).fetchHistory());
    await mkdir(HISTORIES, { recursive: true });
    for (const [i, history] of histories.entries()) {
      const nth = i === 0 ? '' : `.${i + 1}`;
      const file = new URL(`v${INTERPRETER_VERSION}-${name}${nth}.json`, HISTORIES);
      const text = JSON.stringify(JSON.parse(historyToJSON(history)));
      // Stack traces name the folder of the checkout.
      await writeFile(file, `${text.replaceAll(process.cwd(), '/baton')}\n`);
    }
  } finally {
    await connection.close();
  }
}

/** The execution that this one goes on from: continued as new, or continued after its end. Resets are not followed. */
function predecessorOf(history: History | undefined): string | null {
  const event = history?.events?.[0];
  if (event == null) return null;
  const started = decodeEvent(decodeHistoryEvent(encodeHistoryEvent(event)));
  if (started.kind !== 'started') return null;
  return started.continuedByWorkflow ? started.continuedFrom : (baseOf(started.args[1])?.executionId ?? null);
}
