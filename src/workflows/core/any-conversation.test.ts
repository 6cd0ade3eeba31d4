/** Random conversations with agents at work: no message is lost, doubled or read out of its order. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import type { TurnInput } from '../../protocol/agent.ts';
import type { Note } from './index.ts';
import { answerTool, answerTurn, call } from './testing/agent-world.ts';
import { agent, planOf, step } from './testing/plans.ts';
import { Simulator } from './testing/simulator.ts';

// A busy machine may take long over so many worlds.
vi.setConfig({ testTimeout: 60_000 });

const AGENTS = ['a', 'b', 'c'] as const;
const SESSION = { id: 'ses_1', name: 's' };

const happening = fc.record({
  pick: fc.nat(),
  what: fc.constantFrom(
    ...(['answer', 'answer', 'tools', 'lose', 'timer', 'say', 'say', 'interrupt', 'expiring'] as const),
    ...(['target', 'withdraw', 'pause', 'now', 'resume', 'resume_with', 'twice'] as const),
  ),
});
type Happening = { readonly pick: number; readonly what: string };

/** A world that remembers what each agent has really been told: what stood in a turn that answered, or was kept. */
class Conversation {
  readonly run: Simulator;
  readonly heard: { readonly step: string; readonly text: string }[] = [];
  readonly sent: string[] = [];
  /** Those that say nothing but their content. */
  private readonly plain: string[] = [];

  constructor(every: number) {
    const steps = AGENTS.map((key) => step(key, [], { spec: agent({ agent: `agent-${key}` }) }));
    const plan = planOf([...steps, step('d', ['a'], { spec: agent({ agent: 'last' }) })], {
      maxParallel: 10,
    });
    this.run = new Simulator(plan, { continueSuggested: (events) => events > every });
  }

  happen({ pick, what }: Happening): void {
    const { run } = this;
    if (what === 'say') return this.sayPlainly();
    if (what === 'interrupt') return this.say({ delivery: 'interrupt' });
    if (what === 'expiring') return this.say({ expires_ms: 50 });
    if (what === 'target') return this.say({ target: [...AGENTS, 'd', 'last', 'nobody'][pick % 6] });
    if (what === 'withdraw')
      return void run.signal('withdraw', { message: this.sent[pick % (this.sent.length + 1)] });
    if (what === 'twice') return this.repeat(pick);
    if (what === 'pause')
      return void run.signal('pause', { timeout_ms: 0, mode: pick % 2 ? 'after_turn' : 'after_step' });
    if (what === 'now') return void run.signal('pause', { timeout_ms: 0, mode: 'now' });
    if (what === 'resume') return void run.signal('resume');
    if (what === 'resume_with') return this.resumeWith();
    if (what === 'timer' && run.timers.size > 0) return void run.fireNext();
    this.end(pick, what);
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
    const id = this.plain[pick % Math.max(1, this.plain.length)];
    if (id !== undefined) this.run.signal('instruction', { id, content: id });
  }

  /** An open activity ends somehow. */
  private end(pick: number, what: string): void {
    const { run } = this;
    const id = [...run.open.keys()][pick % Math.max(1, run.open.size)];
    if (id === undefined) return void (run.timers.size > 0 ? run.fireNext() : run.signal('resume'));
    const key = id.split('#')[0] ?? '';
    const index = /\.(\d+)$/.exec(id)?.[1];
    if (what === 'lose') return void run.lose(id);
    if (run.cancelling.has(id)) return this.stop(id, key, index !== undefined, pick);
    if (index !== undefined) return void answerTool(run, key, Number(index));
    this.hear(id, key);
    answerTurn(run, key, what === 'tools' ? [call('read_file', pick), call('write_file', pick)] : 'done');
  }

  private stop(id: string, key: string, isTool: boolean, pick: number): void {
    const isKept = !isTool && pick % 2 === 0;
    if (isKept) this.hear(id, key);
    const partial = isKept ? { head: `p${pick}`, preview: 'half' } : null;
    this.run.task({ type: 'activity_cancelled', id, details: isTool ? null : { session: SESSION, partial } });
  }

  private hear(id: string, key: string): void {
    const input = this.run.open.get(id)?.input as TurnInput | undefined;
    for (const one of input?.append ?? []) {
      if (one.type === 'user' && one.source === 'instruction') this.heard.push({ step: key, text: one.text });
    }
  }
}

function play(happenings: readonly Happening[], every: number): Conversation {
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

test('every message has one receipt and one end, and those that were processed were heard, once by each', () => {
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 80 }),
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
        expect(run.state.inbox).toEqual([]);
      },
    ),
    cases(150),
  );
});

test('each agent hears messages in the order in which they were sent', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 80 }), (happenings) => {
      const { heard } = play(happenings, 60);
      for (const key of [...AGENTS, 'd']) {
        const numbers = heard.flatMap(({ step: at, text }) => (at === key ? [Number(text.slice(1))] : []));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }),
    cases(100),
  );
});
