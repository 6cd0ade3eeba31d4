import { expect, it } from 'vitest';
import type { Json } from '../../plan/json.ts';
import type { EventEnvelope } from '../../contract/event.ts';
import type { EventName } from '../../contract/socket.ts';
import { eventName, isEntryToo, sseType } from './event-name.ts';

const COMMENT: EventEnvelope['message'] = {
  id: 7,
  workflow_id: 'run-1',
  message_id: null,
  message_type: 'agent',
  action_type: 'comment',
  action_status: 'processed',
  content: 'Reading file: package.json',
  reason: null,
  reason_code: null,
  author: 'code',
  agent: 'code',
  agent_type: 'code',
  step: 'code',
  attempt: 1,
  turn: 1,
  metadata: {},
  created_at: '2026-11-21T10:00:00.000Z',
};

it.each<[string, Json, EventEnvelope['message'], string]>([
  ['message', { action: 'pause' }, null, 'message:new'],
  ['message', { receipt: true, message: 7, status: 'acknowledged' }, COMMENT, 'message:updated'],
  ['tool_response', {}, COMMENT, 'message:new'],
  ['tool_response', {}, null, 'workflow:updated'],
  ['status_change', { scope: 'run', from: 'running', to: 'paused' }, null, 'workflow:paused'],
  ['status_change', { scope: 'run', from: 'paused', to: 'paused', drained: true }, null, 'workflow:updated'],
  ['status_change', { scope: 'run', from: 'paused', to: 'running' }, null, 'workflow:unpaused'],
  ['status_change', { scope: 'run', from: 'pending', to: 'running' }, null, 'workflow:updated'],
  ['status_change', { scope: 'step', from: 'pending', to: 'running' }, COMMENT, 'step:updated'],
  ['status_change', null, null, 'workflow:updated'],
  ['llm_complete', { usage: {} }, null, 'usage:updated'],
  ['complete', { status: 'completed' }, COMMENT, 'workflow:updated'],
  ['workflow_start', {}, null, 'workflow:updated'],
  ['one of a later version', [], null, 'workflow:updated'],
])('%s %j is told as it is meant', (type, data, message, name) => {
  expect(eventName({ type, data, message })).toBe(name);
});

it.each<[EventName, EventEnvelope['message'], boolean]>([
  ['step:updated', COMMENT, true],
  ['workflow:paused', COMMENT, true],
  ['step:updated', null, false],
  ['message:new', COMMENT, false],
  ['message:updated', COMMENT, false],
])('what is told as %s comes as a new message too where it is an entry', (name, message, too) => {
  expect(isEntryToo({ name, message })).toBe(too);
});

it('no event over SSE has a type that browsers have a meaning of their own for', () => {
  expect(['error', 'message', 'open'].map(sseType)).toEqual(['run.error', 'run.message', 'run.open']);
});
