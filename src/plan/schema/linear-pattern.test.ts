import { describe, expect, test } from 'vitest';
import { compileCost, linearPattern, PatternError } from './linear-pattern.ts';

describe('linearPattern', () => {
  test.each([
    ['ell', 'Hello', true],
    ['^ell', 'Hello', false],
    ['^[A-Z][a-z]{2,10}$', 'Hello', true],
    ['(?:a|b)+?c', 'xabc', true],
    ['\\bfix\\b', 'a fix now', true],
    ['(?<year>\\d{4})-\\d{2}', '2026-11', true],
    ['^.$', '🎯', true],
    ['\\u0041\\u{42}\\x43', 'ABC', true],
    ['\\p{Lu}\\p{L}+', 'Été', true],
    ['(?i)hello', 'HELLO', true],
    ['a/b\\/c', 'a/b/c', true],
    ['^(a+)+$', `${'a'.repeat(40)}!`, false],
  ])('%s in %s: %s', (source, text, found) => {
    expect(linearPattern(source).test(text)).toBe(found);
  });

  test.each([
    ['(?=a)b', 'looks ahead'],
    ['(?<!a)b', 'looks ahead or behind'],
    ['(a)\\1', 'refers back'],
    ['(?<x>a)\\k<x>', 'refers back'],
    ['(', 'no regular expression'],
    ['a{1001}', 'no regular expression'],
    ['\\Qa(\\E', 'quotes'],
    ['x'.repeat(1_001), 'longer than'],
    ['(a{100}){100}', 'too large'],
    ['((((a{9}){9}){9}){9}){9}', 'too large'],
    ['a{1000}'.repeat(100), 'too large'],
    ['[](a{900}]|(b{900}){900}', 'too large'],
    ['(?:x{0,900}){3}', 'too large'],
    ['(?:x{500,}){5}', 'too large'],
  ])('refuses %s: it %s', (source, reason) => {
    expect(() => linearPattern(source)).toThrow(PatternError);
    expect(() => linearPattern(source)).toThrow(reason);
  });

  test('says what making a pattern ready costs, more for a larger one', () => {
    expect(compileCost('[a-z]+')).toBeLessThan(500);
    expect(compileCost('[a-z]{500}')).toBeGreaterThan(3_000);
    // Ignoring case in a large class goes through all its characters.
    expect(compileCost('(?i)[B-\\u{1e942}]'.repeat(10))).toBeGreaterThan(50_000);
  });

  // What follows would hang otherwise: a backtracking engine takes years, and one that keeps all states minutes.
  test.each([
    ['alternatives', `^${'(a|aa)'.repeat(30)}b$`, 'a'.repeat(60)],
    ['nested repetitions', '^(a+)+$', `${'a'.repeat(60_000)}!`],
    ['many states', '(a|b)*a(a|b){20}[cd]', 'abbab'.repeat(8_000)],
    ['optional parts', `${'(?:[ab]?){90}'}[cd]`, 'ab'.repeat(4_000)],
  ])('searches in linear time: %s', (_, source, text) => {
    expect(linearPattern(source).test(text)).toBe(false);
  });
});
