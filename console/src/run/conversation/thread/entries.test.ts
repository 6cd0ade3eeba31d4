import { describe, expect, it } from 'vitest';
import type { Question, RunEvent, RunMessage } from '../../../api/generated.ts';
import { entriesOf, keyOf, speakerOf, stepOf } from './entries.ts';

const event = (seq: number, type: string, data: object, step = 'plan'): RunEvent =>
  ({
    run_id: 'r',
    seq,
    type,
    step,
    attempt: 1,
    turn: 1,
    data,
    caused_by: null,
    previous: null,
    at: '',
  }) as RunEvent;
const message = (
  seq: number,
  type: RunMessage['message_type'],
  content: string,
  metadata: object = {},
): RunMessage =>
  ({
    run_id: 'r',
    seq,
    message_type: type,
    content,
    step: type === 'agent' ? 'plan' : null,
    metadata,
  }) as RunMessage;

const thread = {
  messages: [
    message(6, 'agent', 'Starting plan agent'),
    message(10, 'agent', 'Listed 5 files in .'),
    message(12, 'user', 'Please pause'),
    message(14, 'system', 'Asks: Ship it?', { question: 'q', form: { type: 'object' }, status: 'open' }),
  ],
  events: [
    event(8, 'llm_complete', { preview: 'I look first.', finish_reason: 'tool-calls' }),
    event(9, 'tool_call', { index: 0, name: 'list_files' }),
    event(10, 'tool_response', { index: 0, name: 'list_files' }),
    event(11, 'tool_call', { index: 1, name: 'read_file' }),
    event(13, 'llm_complete', { preview: 'Done.', finish_reason: 'stop' }),
  ],
  questions: [{ id: 'q', status: 'open' } as Question],
  from: 0,
};

describe('the conversation', () => {
  const entries = entriesOf(thread);

  it('is one order of all that was said and done, each once', () => {
    expect(entries.map(keyOf)).toEqual([
      '6 message',
      '8 said',
      '9 tool',
      '11 tool',
      '12 message',
      '14 question',
    ]);
  });

  it('has tool calls with their answers and the comment on them', () => {
    expect(entries.filter(({ kind }) => kind === 'tool')).toMatchObject([
      { response: { seq: 10 }, comment: 'Listed 5 files in .' },
      { response: null, comment: null },
    ]);
  });

  it('knows who speaks, and of which step', () => {
    expect(entries.map(speakerOf)).toEqual(['agents', 'agents', 'tools', 'tools', 'people', 'questions']);
    expect(entries.map(stepOf)).toEqual(['plan', 'plan', 'plan', 'plan', null, null]);
  });

  it('has the questions of agents as it has those of steps, and not the words that answer one', () => {
    const asked = message(20, 'agent', 'Asks for a yes: write_file a', {
      question: 'w',
      form: null,
      status: 'open',
    });
    const answered = message(21, 'user', 'Yes', { question: 'w' });
    const more = entriesOf({
      ...thread,
      messages: [...thread.messages, asked, answered],
      questions: [...thread.questions, { id: 'w', status: 'open' } as Question],
    });
    expect(more.slice(-2)).toMatchObject([
      { kind: 'question', question: { id: 'w' } },
      { kind: 'message', seq: 21 },
    ]);
  });

  it('keeps entries that say the same', () => {
    const more = entriesOf(
      { ...thread, messages: [...thread.messages, message(20, 'agent', 'More')] },
      entries,
    );
    expect(more.slice(0, -1).every((entry, at) => entry === entries[at])).toBe(true);
    const answered = entriesOf(
      { ...thread, questions: [{ id: 'q', status: 'answered' } as Question] },
      entries,
    );
    expect(answered.map((entry, at) => entry === entries[at])).toEqual([true, true, true, true, true, false]);
  });

  it('takes the next answer where a place comes again after a rewind', () => {
    const again = [
      ...thread.events,
      event(21, 'tool_call', { index: 0 }),
      event(22, 'tool_response', { index: 0 }),
    ];
    const tools = entriesOf({ ...thread, events: again }).filter((entry) => entry.kind === 'tool');
    expect(tools.map((tool) => tool.response?.seq)).toEqual([10, undefined, 22]);
  });
});
