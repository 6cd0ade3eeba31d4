/**
 * Histories of every interpreter version, recorded from the integration tests (`BATON_RECORD=1 npm run
 * test:integration`): today's workflow code replays them, and today's fold predicts what they show.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { digestOf } from '../src/plan/digest.ts';
import { decodeEvent } from '../src/projections/decode-event.ts';
import { RunFold } from '../src/projections/fold/run-fold.ts';
import { WhyReader } from '../src/projections/fold/why.ts';
import { INTERPRETER_VERSION } from '../src/protocol/envelope.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../src/temporal/history-event.ts';
import { HISTORIES } from './support/record-history.ts';
import { workflowBundle } from './support/index.ts';

const files = readdirSync(HISTORIES)
  .filter((name) => name.endsWith('.json'))
  .toSorted();
/** `v1-name.2.json` is the second execution of the run whose first is `v1-name.json`. */
const nameOf = (file: string): string => file.replace(/(\.\d+)?\.json$/, '');
const names = [...new Set(files.map(nameOf))];
const executionsOf = (name: string): readonly string[] =>
  files.filter((file) => nameOf(file) === name).toSorted((a, b) => nth(a) - nth(b));

function read(file: string) {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  const [started] = history.events ?? [];
  const attributes = started?.workflowExecutionStartedEventAttributes;
  const runId = attributes?.workflowId ?? '';
  return { history, runId, executionId: attributes?.originalExecutionRunId ?? '' };
}

test('there are histories of every version, of agents too', () => {
  for (let version = 1; version <= INTERPRETER_VERSION; version++) {
    const own = names.filter((name) => name.startsWith(`v${version}-`));
    expect(own.length).toBeGreaterThan(15);
    expect(own).toEqual(expect.arrayContaining([`v${version}-ship-change`, `v${version}-people`]));
    expect(executionsOf(`v${version}-limit-continued`)).toHaveLength(2);
  }
});

// One that was changed or taken away would prove nothing about the runs that are open under its version.
test('the histories of former versions are as they were recorded', () => {
  const recorded = readFileSync(new URL('digests.txt', HISTORIES), 'utf8').trimEnd();
  const present = files
    .filter((file) => !file.startsWith(`v${INTERPRETER_VERSION}-`))
    .map((file) => `${digestOf(readFileSync(new URL(file, HISTORIES), 'utf8'))}  ${file}`);
  expect(present.join('\n')).toBe(recorded);
});

test('all are replayed without a difference', async () => {
  const histories = files.map(read).map(({ history, runId }) => ({ history, workflowId: runId }));
  const outcomes: string[] = [];
  // By one worker, which answers in their order.
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: workflowBundle() }, histories))
    outcomes.push(`${files[outcomes.length]}: ${error?.message ?? 'as recorded'}`);
  expect(outcomes).toEqual(files.map((file) => `${file}: as recorded`));
});

test.each(names)('%s is folded: every decision is predicted, in pages of any size', (name) => {
  const histories = executionsOf(name).map(eventsOf);
  const foldIn = (pageSize: number) => {
    const fold = new RunFold(histories[0]?.runId ?? '');
    const rows = new Map<string, unknown>();
    for (const { executionId, events } of histories) {
      fold.beginExecution(executionId);
      events.forEach((event, i) => {
        fold.apply(event);
        if (i % pageSize === pageSize - 1 || i === events.length - 1) collect(rows, fold);
      });
      expect(fold.execution?.divergence).toBeNull();
    }
    return rows;
  };
  const whole = foldIn(Number.MAX_SAFE_INTEGER);
  expect(whole.get('run')).toMatchObject({ diverged: null });
  expect(foldIn(1)).toEqual(whole);
  expect(foldIn(7)).toEqual(whole);
});

test.each(names)('%s tells why its steps are where they are', (name) => {
  const histories = executionsOf(name).map(eventsOf);
  const whyOf = (step: string, last: number) => {
    const reader = new WhyReader(histories[0]?.runId ?? '', step, last);
    for (const { executionId, events } of histories) {
      reader.beginExecution(executionId);
      for (const event of events) if (!reader.take(event)) return reader.why;
    }
    return reader.why;
  };
  const fold = new RunFold(histories[0]?.runId ?? '');
  for (const { executionId, events } of histories) {
    fold.beginExecution(executionId);
    for (const event of events) fold.apply(event);
  }
  const { run } = fold.rows ?? {};
  for (const [key, row] of [...(fold.rows?.steps ?? [])].slice(0, 4)) {
    const why = whyOf(key, run?.last_seq ?? 0);
    expect(why?.row).toEqual(row);
    expect(run?.status === 'completed' ? why?.waits : []).toEqual([]);
    expect(why?.reasons.length).toBeGreaterThan(0);
    expect(whyOf(key, 3)?.reasons.length ?? 0).toBeLessThanOrEqual(3);
  }
});

/** An execution as the fold takes it. */
function eventsOf(file: string) {
  const { history, executionId, runId } = read(file);
  // Through bytes, as they come from the server and from the database: JSON has other number types.
  const events = (history.events ?? []).map((event) =>
    decodeEvent(decodeHistoryEvent(encodeHistoryEvent(event))),
  );
  return { executionId, runId, events };
}

/** Which execution of its run a file holds. */
function nth(file: string): number {
  return Number(/\.(\d+)\.json$/.exec(file)?.[1] ?? 1);
}

/** What the tables would hold: later changes of a row replace earlier ones. */
function collect(rows: Map<string, unknown>, fold: RunFold): void {
  const { run, steps, attempts, calls, questions, events, messages, checkpoints } = fold.takeChanges();
  if (run !== null) rows.set('run', run);
  for (const row of steps) rows.set(`step ${row.key}`, row);
  for (const row of attempts) rows.set(`attempt ${row.step}#${row.attempt}/${row.epoch}`, row);
  for (const row of calls) rows.set(`call ${row.step}#${row.attempt}/${row.turn}/${row.epoch}`, row);
  for (const row of questions) rows.set(`question ${row.id}`, row);
  for (const row of events) rows.set(`event ${row.seq}`, row);
  for (const row of messages) rows.set(`message ${row.seq}`, row);
  for (const row of checkpoints) rows.set(`checkpoint ${row.execution_id}/${row.event_id}`, row);
}
