import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWhole } from '../../test/support/cases.ts';
import { NumberOutOfRange, readJson, roundedNumbers, writeJson } from './exact-json.ts';

describe('long texts', () => {
  it.runIf(isWhole)(
    'are read with the numbers beside them, however many characters and escapes they have',
    () => {
      const value = { text: 'x"\\'.repeat(4_000_000), n: 9007199254740993n };
      expect(readJson(writeJson(value))).toEqual(value);
    },
  );
});

describe('whole numbers beyond 2^53', () => {
  it.each([
    '{"id":7615917337495251231,"list":[-9223372036854775808,1]}',
    '123456789012345678901234567890',
    '[9007199254740991,9007199254740992,9007199254740993,10000000000000000,100000000000000000000]',
    '{"text":"7615917337495251231","#7615917337495251231":"#7615917337495251231","n":7615917337495251231}',
    '{"escaped":"\\"9007199254740993","n":9007199254740993}',
    '{"__proto__":9007199254740993}',
    '0.1234567890123456',
    '{"2":1,"b":[],"a":{},"c":9007199254740993}',
  ])('%s is written as it was read', (text) => {
    expect(writeJson(readJson(text))).toBe(text);
  });

  it('are bigints, and all others numbers', () => {
    expect(readJson('[9007199254740993, 9007199254740992, 1e20, 1.0, 0.1, -0]')).toEqual([
      9007199254740993n,
      9007199254740992,
      1e20,
      1,
      0.1,
      -0,
    ]);
  });

  it('stand on lines of their own like all else', () => {
    const written = (id: unknown) => writeJson({ a: [id, {}, []], b: { c: id, d: undefined } }, 2);
    expect(written(2n ** 63n)).toBe(written(1).replaceAll('1', String(2n ** 63n)));
  });

  it('become the nearest number where only such are known', () => {
    const value = { list: [1, { id: 9007199254740993n }] };
    expect(roundedNumbers(value)).toEqual({ list: [1, { id: 9007199254740992 }] });
    const plain = { list: [1] };
    expect(roundedNumbers(plain)).toBe(plain);
  });
});

describe('what no number can be', () => {
  it.each(['1e400', '[-1e400]', '{"a":1E+999}', `1${'0'.repeat(400)}`])('%s is refused', (text) => {
    expect(() => readJson(text)).toThrow(NumberOutOfRange);
  });

  it('is no matter inside a text', () => {
    expect(readJson('{"a":"1e400","b":9007199254740993}')).toEqual({ a: '1e400', b: 9007199254740993n });
  });
});

it('finds a large number wherever it stands', () => {
  for (let before = 0; before < 40; before++) {
    for (const digits of ['9007199254740993', '12345678901234567']) {
      const text = `["${'1'.repeat(before % 15)}${'x'.repeat(before)}",${digits}]`;
      expect(writeJson(readJson(text))).toBe(text);
    }
  }
});

it('says of what is no JSON the same as the language', () => {
  for (const text of [
    '[9007199254740993',
    '{"a":9007199254740993,}',
    '09007199254740993',
    '-9007199254740993-',
  ]) {
    let said = '';
    try {
      JSON.parse(text);
    } catch (error) {
      said = String(error);
    }
    expect(() => readJson(text)).toThrow(said.replace('SyntaxError: ', ''));
  }
});

it('keeps every value of JSON, whatever its texts look like', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => JSON.stringify(one)),
      fc
        .string({ unit: fc.constantFrom('#', '"', '\\', '9', ':', '1234567890123456', 'a') })
        .map((one) => JSON.stringify(one)),
      fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
      fc
        .dictionary(fc.string({ unit: fc.constantFrom('#', '"', '1234567890123456', 'x') }), tie('value'))
        .map(
          (members) =>
            `{${Object.entries(members)
              .map(([name, one]) => `${JSON.stringify(name)}:${String(one)}`)
              .join(',')}}`,
        ),
    ),
  }));
  fc.assert(
    fc.property(value, (text) => {
      const written = writeJson(readJson(String(text)));
      expect(writeJson(readJson(written))).toBe(written);
      expect(roundedNumbers(readJson(String(text)))).toEqual(JSON.parse(String(text)));
    }),
  );
});
