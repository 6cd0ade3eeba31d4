import { describe, expect, it } from 'vitest';
import { decodeHistoryEvent, encodeHistoryEvent, isSameEvent, type HistoryEvent } from './history-event.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function started(fields: Record<string, string>): HistoryEvent {
  const payloads = Object.entries(fields).map(([name, text]) => [name, { metadata: {}, data: bytes(text) }]);
  return {
    eventType: 1,
    workflowExecutionStartedEventAttributes: { memo: { fields: Object.fromEntries(payloads) } },
  };
}

describe('isSameEvent', () => {
  it('does not mind the order in which a server wrote a map', () => {
    const stored = encodeHistoryEvent(started({ a: '1', b: '2' }));
    const fetched = encodeHistoryEvent(started({ b: '2', a: '1' }));
    expect(stored.equals(fetched)).toBe(false);
    expect(isSameEvent(decodeHistoryEvent(stored), decodeHistoryEvent(fetched))).toBe(true);
  });

  it('sees another value', () => {
    expect(isSameEvent(started({ a: '1' }), started({ a: '2' }))).toBe(false);
    expect(isSameEvent(started({ a: '1' }), started({ b: '1' }))).toBe(false);
  });
});
