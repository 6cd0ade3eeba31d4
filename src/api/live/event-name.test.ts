import { expect, it } from 'vitest';
import type { Json } from '../../plan/json.ts';
import type { Envelope } from '../schemas/event.ts';
import { eventName } from './event-name.ts';

const COMMENT: Envelope['message'] = {
  message_id: null,
  message_type: 'agent',
  action_type: 'comment',
  action_status: 'processed',
  content: 'Reading file: package.json',
  reason: null,
  reason_code: null,
  author: 'code',
  agent: 'code',
};

it.each<[string, Json, Envelope['message'], string]>([
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
