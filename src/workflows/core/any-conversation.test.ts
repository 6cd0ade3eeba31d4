/** Random conversations with agents at work: no message is lost, doubled or read out of its order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import type { TurnInput } from '../../protocol/agent.ts';
import type { Note } from './index.ts';
import { call } from '../../testing/answers.ts';
import { answerOf, happeningsOf, pickOf } from '../../testing/chance.ts';
import type { Happening } from '../../testing/chance.ts';
import { agent, planOf, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const AGENTS = ['a', 'b', 'c'] as const;
const SESSION = { id: 'ses_1', name: 's' };

const WHAT = [
  ...(['answer', 'answer', 'tools', 'lose', 'timer', 'say', 'say', 'interrupt', 'expiring'] as const),
  ...(['target', 'withdraw', 'pause', 'now', 'resume', 'resume_with', 'twice'] as const),
] as const;
type What = (typeof WHAT)[number];

/** A world that remembers what each agent has really been told: what stood in a turn that answered, or was kept. */
class Conversation {
  readonly run: QuickWorld;
  readonly heard: { readonly step: string; readonly text: string }[] = [];
  readonly sent: string[] = [];
  /** Those that say nothing but their content. */
  private readonly plain: string[] = [];

  constructor(every: number) {
    const steps = AGENTS.map((key) => step(key, [], { spec: agent({ agent: `agent-${key}` }) }));
    const plan = planOf([...steps, step('d', ['a'], { spec: agent({ agent: 'last' }) })], {
      maxParallel: 10,
    });
    this.run = new QuickWorld(plan, { continueSuggested: (events) => events > every });
  }

  happen({ pick, what }: Happening<What>): void {
    const { run, sent } = this;
    switch (what) {
      case 'say':
        return this.sayPlainly();
      case 'interrupt':
        return this.say({ delivery: 'interrupt' });
      case 'expiring':
        return this.say({ expires_ms: 50 });
      case 'target':
        return this.say({ target: pickOf([...AGENTS, 'd', 'last', 'nobody'], pick) });
      case 'withdraw':
        return void run.signal('withdraw', { message: sent[pick % (sent.length + 1)] });
      case 'twice':
        return this.repeat(pick);
      case 'pause':
        return void run.signal('pause', { timeout_ms: 0, mode: pick % 2 ? 'after_turn' : 'after_step' });
      case 'now':
        return void run.signal('pause', { timeout_ms: 0, mode: 'now' });
      case 'resume':
        return void run.signal('resume');
      case 'resume_with':
        return this.resumeWith();
      case 'timer':
        return run.timers.size > 0 ? void run.fireNext() : this.end(pick, what);
      default:
        return this.end(pick, what);
    }
  }

  private message(more: object) {
    const id = `m${this.sent.length}`;
    this.sent.push(id);
    return { id, content: id, ...more };
  }

  private resumeWith(): void {
    const message = this.message({});
    this.run.signal('resume', { ...message, context: message.id });
  }

  private sayPlainly(): void {
    const message = this.message({});
    this.plain.push(message.id);
    this.run.signal('instruction', message);
  }

  private say(more: object): void {
    this.run.signal('instruction', this.message(more));
  }

  /** The same message again, as a sender does that had no answer. */
  private repeat(pick: number): void {
    const id = pickOf(this.plain, pick);
    if (id !== undefined) this.run.signal('instruction', { id, content: id });
  }

  /** An open activity ends somehow. */
  private end(pick: number, what: What): void {
    const { run } = this;
    const id = pickOf(run.openIds, pick);
    if (id === undefined) return void (run.timers.size > 0 ? run.fireNext() : run.signal('resume'));
    if (what === 'lose') return void run.lose(id);
    const isTool = run.open.get(id)?.activity === 'tool';
    if (run.cancelling.has(id)) return this.stop(id, isTool, pick);
    if (!isTool) this.hear(id);
    run.reply(
      id,
      answerOf(run, id, what === 'tools' ? [call('read_file', pick), call('write_file', pick)] : []),
    );
  }

  private stop(id: string, isTool: boolean, pick: number): void {
    const isKept = !isTool && pick % 2 === 0;
    if (isKept) this.hear(id);
    const partial = isKept ? { head: `p${pick}`, preview: 'half' } : null;
    this.run.stop(id, isTool ? null : { session: SESSION, partial });
  }

  private hear(id: string): void {
    const [key = ''] = id.split('#');
    const input = this.run.open.get(id)?.input as TurnInput | undefined;
    for (const one of input?.append ?? []) {
      if (one.type === 'user' && one.source === 'instruction') this.heard.push({ step: key, text: one.text });
    }
  }
}

function play(happenings: readonly Happening<What>[], every: number): Conversation {
  const conversation = new Conversation(every);
  const { run } = conversation;
  for (const one of happenings) if (run.closed === null) conversation.happen(one);
  for (let left = 0; run.closed === null && left < 1_000; left++) {
    conversation.happen({ pick: left, what: run.state.paused === null ? 'answer' : 'resume' });
  }
  return conversation;
}

const fates = (notes: readonly Note[]) => ({
  receipts: notes.flatMap((note) => (note.type === 'command' && note.id !== null ? [note] : [])),
  settled: notes.flatMap((note) => (note.type === 'message_settled' ? [note] : [])),
});

/** Agents that heard a later message before an earlier one. */
const disordered = (heard: Conversation['heard']) =>
  [...AGENTS, 'd'].filter((key) => {
    const numbers = heard.flatMap(({ step: at, text }) => (at === key ? [Number(text.slice(1))] : []));
    return numbers.some((number, at) => number < (numbers[at - 1] ?? 0));
  });

test('each message has one receipt and one end; what was processed was heard, once by each and in order', () => {
  fc.assert(
    fc.property(
      happeningsOf(WHAT, 80),
      fc.constantFrom(40, 120, Number.POSITIVE_INFINITY),
      (happenings, every) => {
        const { run, sent, heard } = play(happenings, every);
        expect(run.closed).toMatchObject({ type: 'complete' });
        const { receipts, settled } = fates(run.notes);
        expect(receipts.map(({ id }) => id)).toEqual(sent);
        const pending = receipts.filter(({ status }) => status === 'pending').map(({ key }) => key);
        expect(settled.map(({ key }) => key).sort()).toEqual([...pending].sort());
        const texts = heard.map(({ text }) => text);
        const unheard = settled.filter(({ key, status }) => status === 'processed' && !texts.includes(key));
        expect(unheard).toEqual([]);
        const pairs = heard.map(({ step: key, text }) => `${key} ${text}`);
        expect(new Set(pairs).size).toBe(pairs.length);
        expect(disordered(heard)).toEqual([]);
        expect(run.state.inbox).toEqual([]);
      },
    ),
    cases(120),
  );
});
