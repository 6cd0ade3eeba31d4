/** What the histories of worlds leave in the tables, and what must hold there whatever has happened. */
import { deepStrictEqual } from 'node:assert/strict';
import { expect } from 'vitest';
import type { EventRow } from '../tables/projected/workflow-events.ts';
import type { MessageRow } from '../tables/projected/workflow-messages.ts';
import { foldInPages } from './tables.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

/** Folds a world's history whole, and checks that pages of any size give the same rows, as did the fold beside. */
export function tablesOf(world: World): Tables {
  const whole = foldInPages(world.runId, world.chain, Number.MAX_SAFE_INTEGER);
  deepStrictEqual(world.tables(), whole);
  for (const page of [1, 7]) deepStrictEqual(foldInPages(world.runId, world.chain, page), whole);
  expect(whole.run).toMatchObject({ ...callSums(whole), diverged: null });
  const wrong = whole.events.filter((event) =>
    event.caused_by === null ? !mayBeUncaused(event) : event.caused_by >= event.seq,
  );
  expect(wrong).toEqual([]);
  for (const row of whole.messages) expect(row).toMatchObject({ updated_seq: newestOf(whole, row) });
  expect(countedTwice(whole)).toEqual([]);
  return whole;
}

/** Messages that were taken twice in a branch, or that came to two ends without that the run went back. */
export function countedTwice({ events }: Tables): unknown[] {
  const taken = new Set<unknown>();
  const ended = new Set<unknown>();
  const twice: unknown[] = [];
  const count = (all: Set<unknown>, one: unknown) => void (all.has(one) ? twice.push(one) : all.add(one));
  for (const { seq, type, data } of events) {
    // What was said to the branch that is left may be said again.
    if (data['reset'] === true || data['restart'] === true) taken.clear();
    if (type !== 'message') continue;
    const { receipt, message_id: id = null, status, restored, reader } = data;
    const message = receipt === true ? data['message'] : seq;
    const isOpen = status === 'pending' || status === 'acknowledged' || reader !== undefined;
    if (restored === true) ended.delete(message);
    else if (!isOpen) count(ended, message);
    if (id !== null && receipt !== true && restored !== true && status !== 'ignored') count(taken, id);
  }
  return twice;
}

/** What people say, what a clock does, and where a run or a further branch of it begins. */
function mayBeUncaused({ seq, type, data }: EventRow): boolean {
  const begins = seq === 1 || type === 'workflow_start' || data['reset'] === true || data['restart'] === true;
  const isTime = data['cancelling'] === true || data['timed_out'] === true;
  return type === 'message' || begins || isTime;
}

/** Sums over the calls as they must stand in the run's row. */
function callSums(tables: Tables) {
  const calls = Object.values(tables.calls).filter((call) => call.total_tokens !== null);
  const sum = (column: 'input_tokens' | 'output_tokens' | 'total_tokens' | 'reasoning_tokens') =>
    calls.reduce((total, call) => total + (call[column] ?? 0), 0);
  const isPriced = calls.every((call) => call.cost_estimate !== null);
  return {
    turns: calls.length,
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    total_tokens: sum('total_tokens'),
    reasoning_tokens: sum('reasoning_tokens'),
    cost_estimate: isPriced ? calls.reduce((total, call) => total + (call.cost_estimate ?? 0), 0) : null,
  };
}

/** The newest event that speaks of a message: its own, its receipts, or its question's. */
function newestOf({ events, messages }: Tables, row: MessageRow): number {
  const question = questionOf(row);
  const again =
    messages.find((other) => other.seq > row.seq && questionOf(other) === question)?.seq ?? Infinity;
  const speaks = events.filter(
    ({ seq, data, type }) =>
      (data['receipt'] === true && data['message'] === row.seq) ||
      (type === 'question' &&
        data['question'] === question &&
        seq > row.seq &&
        seq < again &&
        (data['action'] === 'closed' || data['restored'] === true)),
  );
  return speaks.at(-1)?.seq ?? row.seq;
}

/** Of the entry that asks it, with its form. */
function questionOf({ metadata }: MessageRow): unknown {
  return metadata['form'] === undefined ? null : metadata['question'];
}

/** Entries of the thread by the message's id. */
export const said = (tables: Tables, id: string) => tables.messages.filter((row) => row.message_id === id);
export const comments = (tables: Tables) =>
  tables.messages.filter((row) => row.action_type === 'comment').map(({ content }) => content);
/** What tells of changes to messages. */
export const receipts = ({ events }: Tables) => events.filter(({ data }) => data['receipt'] === true);
