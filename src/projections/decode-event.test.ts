import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import Long from 'long';
import { describe, expect, test } from 'vitest';
import { decodeHistoryEvent, encodeHistoryEvent, eventTypeOf } from '../temporal/history-event.ts';
import type { HistoryEvent } from '../temporal/history-event.ts';
import { decodeEvent, rawFailure } from './decode-event.ts';
import { newEvents } from './following/run-tail.ts';

const { EventType } = temporal.api.enums.v1;
const payloads = (...values: unknown[]) => ({
  payloads: values.map((value) => defaultPayloadConverter.toPayload(value)),
});
const event = (id: number, more: HistoryEvent = {}, taskId = 1000 + id): HistoryEvent => ({
  eventId: Long.fromNumber(id),
  taskId: Long.fromNumber(taskId),
  eventTime: { seconds: Long.fromNumber(1_700_000_000), nanos: 123_456_789 },
  ...more,
});

describe('events', () => {
  test('survive their bytes, and keep types that this code does not know', () => {
    const odd = event(7, { eventType: 4711 as never });
    const back = decodeHistoryEvent(encodeHistoryEvent(odd));
    expect(eventTypeOf(back)).toBe('UNKNOWN_4711');
    expect(decodeEvent(back)).toEqual({
      eventId: 7,
      type: 'UNKNOWN_4711',
      timeMs: 1_700_000_000_123,
      kind: 'other',
    });
  });

  test.each(['binary/odd', 'binary/plain'])(
    'a signal with a payload that nobody can read: %s',
    (encoding) => {
      const metadata = { encoding: new TextEncoder().encode(encoding) };
      const input = { payloads: [{ metadata, data: new Uint8Array([1, 2]) }] };
      const signal = event(5, {
        eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        workflowExecutionSignaledEventAttributes: { signalName: 'pause', input, identity: 'me' },
      });
      expect(decodeEvent(signal)).toMatchObject({
        kind: 'signaled',
        payload: { $undecodable: encoding },
        identity: 'me',
      });
    },
  );

  test('a signal without a payload', () => {
    const attributes = { signalName: 'resume' };
    const signal = event(5, { workflowExecutionSignaledEventAttributes: attributes });
    expect(decodeEvent(signal)).toMatchObject({ kind: 'signaled', payload: undefined, identity: null });
  });

  test.each([
    ['held', 'workflowExecutionPausedEventAttributes'],
    ['released', 'workflowExecutionUnpausedEventAttributes'],
  ])('Temporal’s own pause: %s, with who and why as far as somebody said so', (kind, name) => {
    const attributes = { identity: 'ann', reason: '', requestId: 'r' };
    expect(decodeEvent(event(6, { [name]: attributes }))).toMatchObject({
      kind,
      identity: 'ann',
      reason: null,
      requestId: 'r',
    });
  });

  test('a command that no Baton workflow gives is known by its task', () => {
    const marker = event(9, {
      markerRecordedEventAttributes: { workflowTaskCompletedEventId: Long.fromNumber(4) },
    });
    expect(decodeEvent(marker)).toMatchObject({ kind: 'other_command', completedBy: 4 });
  });
});

describe('runs that a run starts', () => {
  test('the command, with both arguments', () => {
    const attributes = {
      workflowId: 'run-2',
      workflowType: { name: 'ship' },
      input: payloads({ task: 'x' }, { epoch: 0 }),
      workflowTaskCompletedEventId: Long.fromNumber(4),
    };
    expect(
      decodeEvent(event(9, { startChildWorkflowExecutionInitiatedEventAttributes: attributes })),
    ).toMatchObject({
      kind: 'child_initiated',
      runId: 'run-2',
      workflowType: 'ship',
      args: [{ task: 'x' }, { epoch: 0 }],
      completedBy: 4,
    });
  });

  test('its start names the execution', () => {
    const workflowExecution = { workflowId: 'run-2', runId: 'execution-9' };
    const attributes = { workflowExecution, workflowType: { name: 'ship' } };
    expect(decodeEvent(event(9, { childWorkflowExecutionStartedEventAttributes: attributes }))).toMatchObject(
      {
        kind: 'child_started',
        runId: 'run-2',
        executionId: 'execution-9',
        workflowType: 'ship',
      },
    );
  });

  test.each([
    [1, 'WORKFLOW_ALREADY_EXISTS'],
    [2, 'NAMESPACE_NOT_FOUND'],
  ])('a refusal, cause %i', (cause, name) => {
    const attributes = { workflowId: 'run-2', cause, workflowTaskCompletedEventId: Long.fromNumber(4) };
    expect(
      decodeEvent(event(9, { startChildWorkflowExecutionFailedEventAttributes: attributes })),
    ).toMatchObject({
      kind: 'child_refused',
      runId: 'run-2',
      cause: name,
    });
  });

  test('what becomes of it is not the run’s business', () => {
    const attributes = { initiatedEventId: Long.fromNumber(9) };
    expect(
      decodeEvent(event(12, { childWorkflowExecutionCompletedEventAttributes: attributes })),
    ).toMatchObject({
      kind: 'other',
    });
  });
});

describe('cancelled activities', () => {
  const scheduledEventId = Long.fromNumber(5);
  test.each([
    ['the first of the details', payloads({ partial: null }, 2), { partial: null }],
    ['nothing said', undefined, null],
  ])('%s', (_, details, said) => {
    const attributes = { scheduledEventId, ...(details === undefined ? {} : { details }) };
    expect(decodeEvent(event(6, { activityTaskCanceledEventAttributes: attributes }))).toMatchObject({
      kind: 'activity_cancelled',
      details: said,
    });
  });
});

describe('failures', () => {
  test.each([
    [
      {
        message: 'no',
        applicationFailureInfo: { type: 'http_status', details: payloads({ retryable: false }, 2) },
      },
      { kind: 'application', type: 'http_status', message: 'no', details: { retryable: false } },
    ],
    [
      { message: 'late', timeoutFailureInfo: { timeoutType: 4 } },
      { kind: 'timeout', timeout: 'HEARTBEAT', message: 'late' },
    ],
    [
      { message: 'again', resetWorkflowFailureInfo: {} },
      { kind: 'reset', message: 'again' },
    ],
    [
      { message: 'server', serverFailureInfo: {} },
      { kind: 'other', message: 'server' },
    ],
    [null, { kind: 'other', message: 'undefined' }],
  ])('%j', (failure, expected) => {
    expect(rawFailure(failure)).toEqual(expected);
  });

  test('one that says cancelled is a cancellation', () => {
    const attributes = { scheduledEventId: Long.fromNumber(5), failure: { canceledFailureInfo: {} } };
    expect(decodeEvent(event(6, { activityTaskFailedEventAttributes: attributes }))).toMatchObject({
      kind: 'activity_cancelled',
      scheduledEventId: 5,
    });
  });
});

describe('a page', () => {
  test('its provisional events are left alone, whatever their ids', () => {
    const page = [event(1), event(2), event(3), event(4, {}, 0), event(5, {}, 0)];
    expect(newEvents(page, 1).map((one) => one.eventId?.toNumber())).toEqual([2, 3]);
    expect(newEvents([event(4), event(5)], 3)).toHaveLength(2);
  });

  test('with a hole is not trusted', () => {
    expect(() => newEvents([event(2), event(4)], 1)).toThrow(/event 3 is missing/);
  });
});
