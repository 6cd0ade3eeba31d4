/**
 * Histories of every interpreter version, recorded from the integration tests (`BATON_RECORD=1 npm run
 * test:integration`): today's workflow code replays them, and today's fold predicts what they show.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { decodeEvent } from '../src/projections/decode-event.ts';
import { RunFold } from '../src/projections/fold/run-fold.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../src/temporal/history-event.ts';
import { HISTORIES } from './support/record-history.ts';
import { workflowBundle } from './support/index.ts';

const files = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));

function read(file: string) {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  const [started] = history.events ?? [];
  const attributes = started?.workflowExecutionStartedEventAttributes;
  const runId = attributes?.workflowId ?? '';
  return { history, runId, executionId: attributes?.originalExecutionRunId ?? '' };
}

test('there are histories', () => {
  expect(files.length).toBeGreaterThan(10);
});

describe.each(files)('%s', (file) => {
  test('is replayed without a difference', async () => {
    const { history, runId } = read(file);
    await expect(
      Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, runId),
    ).resolves.toBeUndefined();
  });

  test('is folded: every decision is predicted, whole and in small pages alike', () => {
    const { history, runId, executionId } = read(file);
    // Through bytes, as they come from the server and from the database: JSON has other number types.
    const events = (history.events ?? []).map((event) =>
      decodeEvent(decodeHistoryEvent(encodeHistoryEvent(event))),
    );
    const foldIn = (pageSize: number) => {
      const fold = new RunFold(runId);
      fold.beginExecution(executionId);
      const rows = new Map<string, unknown>();
      events.forEach((event, i) => {
        fold.apply(event);
        if (i % pageSize === pageSize - 1 || i === events.length - 1) collect(rows, fold);
      });
      return { rows, divergence: fold.execution?.divergence };
    };
    const whole = foldIn(events.length);
    expect(whole.divergence).toBeNull();
    expect(foldIn(1)).toEqual(whole);
    expect(foldIn(7)).toEqual(whole);
  });
});

/** What the tables would hold: later changes of a row replace earlier ones. */
function collect(rows: Map<string, unknown>, fold: RunFold): void {
  const { run, steps, attempts, events, messages } = fold.takeChanges();
  if (run !== null) rows.set('run', run);
  for (const row of steps) rows.set(`step ${row.key}`, row);
  for (const row of attempts) rows.set(`attempt ${row.step}#${row.attempt}/${row.epoch}`, row);
  for (const row of events) rows.set(`event ${row.seq}`, row);
  for (const row of messages) rows.set(`message ${row.seq}`, row);
}
