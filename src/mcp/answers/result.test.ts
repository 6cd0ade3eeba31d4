import { expect, it } from 'vitest';
import { Refusal } from '../door.ts';
import { refusalResult, resultOf } from './result.ts';

const textOf = (result: ReturnType<typeof resultOf>) => result.content[0] as { readonly text: string };

it('without words the text is the data', () => {
  const result = resultOf({ data: { a: 1 } });
  expect(result).toEqual({ content: [{ type: 'text', text: '{"a":1}' }], structuredContent: { a: 1 } });
});

it('what is cut says so, and how to get the rest', () => {
  const result = resultOf({ data: { items: 'x'.repeat(100_000) }, text: 'Many.', rest: 'Take fewer.' });
  expect(textOf(result).text).toBe('Many.\n\nThis answer is cut to fit. Take fewer.');
  expect(textOf(resultOf({ data: {}, text: 'y'.repeat(50_000) })).text.length).toBeLessThan(25_000);
});

it('nothing in a text acts on a terminal', () => {
  const hostile = '\u001b[2J\u202eevil';
  const refusal = new Refusal({ code: 'run_closed', detail: hostile });
  expect(textOf(resultOf({ data: {}, text: hostile })).text).toBe('\\u001b[2J\\u202eevil');
  expect(textOf(refusalResult(refusal)).text).toBe('run_closed: \\u001b[2J\\u202eevil');
});

it('a refusal has its code first, then each thing that is wrong with its remedy, and is whole beside the text', () => {
  const problem = {
    ...{ code: 'definition_invalid', detail: 'It is wrong.', status: 422 },
    errors: [
      { code: 'unknown_key', message: 'Unknown.', line: 3, column: 7, hint: 'Did you mean agent?' },
      { code: 'x', message: 'Missing.', path: 'inputs.a' },
    ],
  };
  const result = refusalResult(new Refusal(problem));
  expect(textOf(result).text).toBe(
    'definition_invalid: It is wrong.\n- 3:7: Unknown. (Did you mean agent?)\n- inputs.a: Missing.',
  );
  expect(result).toMatchObject({ isError: true, _meta: { 'baton/problem': problem } });
  expect(result.structuredContent).toBeUndefined();
});
