import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamView, type ToldPiece } from './stream-view.ts';
import { plain } from '../terminal/style.ts';

type Told = Pick<ToldPiece, 'type'> & Partial<ToldPiece>;

const FIRST = {
  content: '',
  timestamp: '2026-11-21T03:00:00Z',
  ...({ step: 'plan', attempt: 1, turn: 1, offset: 0 } as const),
  message: null,
  interrupted: false,
};

/** Everything that is shown, of pieces with offsets and ids put in. */
function shown(pieces: readonly Told[]): string {
  let out = '';
  const view = new StreamView((text) => (out += text), plain);
  const lengths = new Map<string, number>();
  pieces.forEach((told, id) => {
    const piece = { ...FIRST, id, ...told };
    const call = `${piece.step} ${piece.turn} ${piece.attempt}`;
    const offset = told.offset ?? lengths.get(call) ?? 0;
    lengths.set(call, offset + piece.content.length);
    view.tell({ ...piece, offset });
  });
  view.done();
  return out;
}

const say = (content: string, more: Partial<ToldPiece> = {}): Told => ({ type: 'token', content, ...more });
const end = (more: Partial<ToldPiece> = {}): Told => ({ type: 'end', ...more });

describe('StreamView', () => {
  it('lets the text of one agent run on below its name', () => {
    expect(shown([say('Once '), say('upon\na'), say(' time.'), end()])).toBe(
      '── plan ──\nOnce upon\na time.\n',
    );
  });

  it('names each call, and nothing that says nothing', () => {
    const second = { turn: 2 };
    expect(shown([say('One.\n'), end(), end(second), say('Three.', { turn: 3 }), end({ turn: 3 })])).toBe(
      '── plan ──\nOne.\n── plan, turn 3 ──\nThree.\n',
    );
  });

  it('shows whole lines behind names while several speak', () => {
    const code = { step: 'code' };
    const text = shown([
      ...[say('I pl'), say('const ', code), say('an.\nThen'), say('a = 1\nconst b', code)],
      ...[end(), say(' = 2', code), end(code)],
    ]);
    expect(text).toBe(
      '── plan ──\nI pl\nplan │ an.\ncode │ const a = 1\nplan │ Then\n── code ──\nconst b = 2\n',
    );
  });

  it('says that what it showed is void when a call is tried again', () => {
    const again = { attempt: 2 };
    expect(shown([say('False start'), { type: 'reset', ...again }, say('True.', again), end(again)])).toBe(
      '── plan ──\nFalse start\n── plan is asked again (attempt 2): what it said above is void ──\n── plan ──\nTrue.\n',
    );
  });

  it('drops the void part that was not shown yet', () => {
    const code = { step: 'code' };
    const text = shown([say('a', code), say('hidden'), { type: 'reset', attempt: 2 }, say('b\n', code)]);
    expect(text).not.toContain('hidden');
    expect(text).toMatch(/^── code ──\na\n── plan is asked again/);
  });

  it('says what fell out, what was stopped, and forgets a turn that another follows', () => {
    expect(shown([say('late', { offset: 10 }), end({ interrupted: true })])).toBe(
      '── plan ──\n[… 10 characters fell out …]late\n── plan was stopped here ──\n',
    );
    expect(shown([say('failed'), say('next', { turn: 2 })])).toBe(
      '── plan ──\nfailed\n── plan, turn 2 ──\nnext\n',
    );
  });

  it('shows every character of everybody once and in order', () => {
    // Each speaks digits of its own.
    const alphabets = { p: /[^123]/g, q: /[^456]/g, r: /[^789]/g };
    const words = fc.oneof(
      fc.record({ step: fc.constant('p'), content: fc.stringMatching(/^[123\n]{1,6}$/) }),
      fc.record({ step: fc.constant('q'), content: fc.stringMatching(/^[456\n]{1,6}$/) }),
      fc.record({ step: fc.constant('r'), content: fc.stringMatching(/^[789\n]{1,6}$/) }),
    );
    fc.assert(
      fc.property(fc.array(words), (said) => {
        const text = shown(said.map(({ step, content }) => say(content, { step })));
        const everything = said.map(({ content }) => content).join('');
        for (const foreign of Object.values(alphabets)) {
          expect(text.replaceAll(foreign, '')).toBe(everything.replaceAll(foreign, ''));
        }
      }),
    );
  });
});
