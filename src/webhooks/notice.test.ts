import { describe, expect, test } from 'vitest';
import { OUTGOING_EVENTS, type OutgoingName } from '../protocol/outgoing/event-names.ts';
import { cloudEventText, testEventText } from './cloud-event.ts';
import { noticeOf } from './notice.ts';
import { slackMessage } from './slack-message.ts';

const CONTEXT = { publicUrl: 'https://baton.example.com', mask: (text: string) => text };
const RUN = { id: 'r/1', workflow: 'review', version: '1', status: 'running', labels: {} };

function bodyOf(name: OutgoingName, event: { type?: string; step?: string; data?: object } = {}): string {
  const { type = 'status_change', step = null, data = {} } = event;
  const rest = {
    attempt: null,
    turn: null,
    caused_by: null,
    previous: null,
    at: '2026-11-28T14:00:00+00:00',
  };
  const told = { run_id: RUN.id, seq: 7, type, step, data: data as never, ...rest };
  return cloudEventText(name, { id: 'e', position: 1, event: told }, RUN, CONTEXT);
}

describe('a notice', () => {
  test('of a question has its text and opens its form', () => {
    const data = { question: 'q', action: 'asked', preview: 'Shall it?', approvers: ['ana', 'bob'] };
    expect(noticeOf(bodyOf('question.asked', { type: 'question', step: 'ask', data }))).toEqual({
      headline: 'review asks something',
      text: 'Shall it?',
      facts: [
        ['Run', 'r/1'],
        ['Step', 'ask'],
        ['Who may answer', 'ana, bob'],
      ],
      link: { text: 'Answer', url: 'https://baton.example.com/inbox?question=q&run=r%2F1' },
    });
  });

  test('of a failure says what went wrong', () => {
    const data = { status: 'failed', error: { message: 'step "a" failed' } };
    expect(noticeOf(bodyOf('run.failed', { type: 'complete', data }))).toMatchObject({
      headline: 'review has failed',
      text: 'step "a" failed',
      link: { url: 'https://baton.example.com/runs/r%2F1' },
    });
  });

  test('of a budget says how much of it is used', () => {
    const data = { limit: 'max_turns', used: 8, of: 10 };
    const { headline } = noticeOf(bodyOf('limit.near', { type: 'limit', step: 'code', data }));
    expect(headline).toBe('review, step code: max_turns is nearly used up (8 of 10)');
  });

  test.each(Object.keys(OUTGOING_EVENTS) as OutgoingName[])('of %s has a line and a link', (name) => {
    const { headline, link } = noticeOf(bodyOf(name));
    expect(headline).toMatch(/^review/);
    expect(link.url).toMatch(/^https:/);
  });

  test('of a test says that nothing has happened', () => {
    const body = testEventText('e', 'webhook.test', 'wh-1', CONTEXT.publicUrl, new Date(0));
    expect(noticeOf(body)).toMatchObject({ text: expect.stringContaining('nothing has happened') });
  });

  test('is one line, and as long as Slack takes', () => {
    const data = { action: 'asked', preview: '<&>\n'.repeat(2_000) };
    const message = slackMessage(noticeOf(bodyOf('question.asked', { type: 'question', data })));
    const { blocks } = JSON.parse(message) as { blocks: { text?: { text: string } }[] };
    for (const block of blocks) expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
    const odd = { ...RUN, workflow: 'two\r\nlines \u0007' };
    const event = { run_id: 'r', seq: 1, type: 'complete', step: null, attempt: null, turn: null, data: {} };
    const outgoing = {
      id: 'e',
      position: 1,
      event: { ...event, caused_by: null, previous: null, at: '2026-11-28' },
    };
    expect(noticeOf(cloudEventText('run.completed', outgoing, odd, CONTEXT)).headline).toBe(
      'two lines has completed',
    );
  });
});

test('an event that is too large is told without what it holds', () => {
  const body = bodyOf('step.completed', { data: { preview: 'x'.repeat(300_000) } });
  expect(body.length).toBeLessThan(2_000);
  expect(body).toContain('left_out');
});
