/** Runs that are talked to, by the real core, and what their tables say: for tests. */
import { expect } from 'vitest';
import { planOf, step } from '../../../workflows/core/testing/plans.ts';
import type { MessageRow } from '../rows.ts';
import { agentStep, callSums, toolCall, turn } from './agents.ts';
import { FakeHistory } from './fake-history.ts';
import { foldInPages } from './tables.ts';
import type { Tables } from './tables.ts';

/** Folds histories whole, and checks that pages of any size give the same rows. */
export function tablesOf(...chain: readonly FakeHistory[]): Tables {
  const runId = chain[0]?.runId ?? '';
  const whole = foldInPages(runId, chain, Number.MAX_SAFE_INTEGER);
  for (const page of [1, 3]) expect(foldInPages(runId, chain, page)).toEqual(whole);
  expect(whole.run).toMatchObject({ ...callSums(whole), diverged: null });
  const wrong = whole.events.filter(({ type, seq, caused_by: cause }) =>
    cause === null ? type !== 'message' && seq > 1 : cause >= seq,
  );
  expect(wrong).toEqual([]);
  for (const row of whole.messages) expect(row).toMatchObject({ updated_seq: newestOf(whole, row) });
  return whole;
}

/** The newest event that speaks of a message: its own, its receipts, or its question's. */
function newestOf({ events }: Tables, { seq, metadata }: MessageRow): number {
  const speaks = events.filter(
    ({ data, type }) =>
      (data['receipt'] === true && data['message'] === seq) ||
      (type === 'question' &&
        metadata['form'] !== undefined &&
        data['question'] === metadata['question'] &&
        data['action'] === 'closed'),
  );
  return speaks.at(-1)?.seq ?? seq;
}

/** Entries of the thread by the message's id. */
export const said = (tables: Tables, id: string) => tables.messages.filter((row) => row.message_id === id);
export const comments = (tables: Tables) =>
  tables.messages.filter((row) => row.action_type === 'comment').map(({ content }) => content);
/** What tells of changes to messages. */
export const receipts = ({ events }: Tables) => events.filter(({ data }) => data['receipt'] === true);
const tool = (text: string) => ({
  result: { value: text, bytes: text.length + 2, preview: text },
  isError: false,
  comment: `Reading file: ${text}`,
});

export const JWT = 'Note: The authentication system uses JWT tokens stored in httpOnly cookies';
export const TALKED_TO = planOf([agentStep('a', [], { agent: 'plan' }), step('b', ['a'])]);

/** An agent in its first turn. */
export const atWork = () => new FakeHistory(TALKED_TO).task();
/** It asks for a tool. */
export const withTool = (history: FakeHistory) =>
  history.reply('a#1/1', turn('h1', { calls: [toolCall('c1')] })).task();
/** The tool answers, its second turn begins. */
export const nextTurn = (history: FakeHistory) => history.reply('a#1/1.0', tool('package.json')).task();
