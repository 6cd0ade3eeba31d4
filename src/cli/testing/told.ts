/** What the API tells, for tests of what is shown: in the contract's form, with nothing that has happened. */
import { blankOf } from '../../contract/shared/blank.ts';
import { CallTotals, ModelCall } from '../../contract/call.ts';
import { Reader, RunMessage } from '../../contract/message.ts';
import { Question } from '../../contract/question.ts';
import { Run, Waiting } from '../../contract/run.ts';
import { WorkflowStats } from '../../contract/stats.ts';
import { Attempt, Segment, Step } from '../../contract/step.ts';
import type { ToldRun } from '../client/told-run.ts';

const NOW = '2026-11-21T03:00:00Z';

export const RUN: ToldRun = {
  ...blankOf(
    Run.omit({ id: true, workflow: true, status: true, execution: true, created_at: true, updated_at: true }),
  ),
  id: 'run-1',
  workflow: 'review',
  version: '1.0.0',
  status: 'running',
  cost_estimate: null,
  execution: { workflow_id: 'run-1', run_id: 'e-1' },
  last_seq: 1,
  created_at: NOW,
  updated_at: NOW,
};

const BLANK_STEP = blankOf(Step.omit({ key: true, title: true, kind: true, status: true }));

export const stepOf = (key: string, changes: Partial<Step> = {}): Step => ({
  ...BLANK_STEP,
  key,
  title: key,
  kind: 'agent',
  status: 'pending',
  ...changes,
});

const BLANK_ATTEMPT = blankOf(Attempt.omit({ attempt: true, status: true, scheduled_at: true }));

/** @param error its message; undefined: it has not failed */
export const attemptOf = (attempt: number, type?: string, message = ''): Attempt => ({
  ...BLANK_ATTEMPT,
  attempt,
  status: type === undefined ? 'running' : 'failed',
  scheduled_at: NOW,
  error: type === undefined ? null : errorOf(type, message, attempt),
});

/** An error of a step. */
export const errorOf = (type: string, message: string, attempt = 1): NonNullable<Step['error']> => ({
  type,
  category: 'TASK_ERROR',
  message,
  attempt,
});

const BLANK_SEGMENT = blankOf(Segment);

export const segmentOf = (turns: number, max_turns: number | null): Step['segments'][number] => ({
  ...BLANK_SEGMENT,
  segment: 1,
  turns,
  max_turns,
});

export const NO_WAIT: Omit<Waiting, 'kind'> = blankOf(Waiting.omit({ kind: true }));

const BLANK_MESSAGE = blankOf(
  RunMessage.omit({ run_id: true, message_type: true, action_status: true, created_at: true }),
);

export const messageOf = (changes: Partial<RunMessage>): RunMessage => ({
  ...BLANK_MESSAGE,
  run_id: 'run-1',
  seq: 1,
  message_type: 'agent',
  action_status: 'processed',
  updated_seq: 1,
  created_at: NOW,
  ...changes,
});

const BLANK_READER = blankOf(Reader.omit({ step: true, status: true, at: true }));

export const readerOf = (agent: string, turn: number, status: Reader['status'] = 'acknowledged'): Reader => ({
  ...BLANK_READER,
  step: agent,
  agent,
  turn,
  status,
  at: '2026-11-21T03:05:00Z',
});

const BLANK_QUESTION = blankOf(
  Question.omit({ run_id: true, workflow: true, id: true, kind: true, step: true }).omit({
    ...({ status: true, preview: true, asked_at: true } as const),
  }),
);

export const questionOf = (changes: Partial<Question>): Question => ({
  ...BLANK_QUESTION,
  run_id: 'run-1',
  workflow: 'w',
  id: 'review',
  kind: 'ask',
  step: 'review',
  status: 'open',
  preview: '',
  needed: 1,
  asked_at: NOW,
  ...changes,
});

/** A call of a tool that waits for a yes. */
export const heldCall = (
  name: string,
  input: NonNullable<Question['call']>['input'],
): NonNullable<Question['call']> => ({ id: 'call-1', name, input, preview: '' });

const BLANK_CALL = blankOf(ModelCall.omit({ step: true, purpose: true, status: true, started_at: true }));

export const callOf = (changes: Partial<ModelCall>): ModelCall => ({
  ...BLANK_CALL,
  step: 'code',
  attempt: 1,
  turn: 1,
  purpose: 'turn',
  status: 'completed',
  started_at: NOW,
  ...changes,
});

export const NO_CALLS: CallTotals = blankOf(CallTotals);

export const statsOf = (workflow: string, changes: Partial<WorkflowStats>): WorkflowStats => ({
  ...BLANK_STATS,
  workflow,
  last_run_at: NOW,
  ...changes,
});

const BLANK_STATS = blankOf(WorkflowStats.omit({ workflow: true, last_run_at: true }));
