/** Every pair of colours that is used for text, in every theme: WCAG AA asks for 4.5 to 1. */
import { describe, expect, it } from 'vitest';
import css from '../styles.css?raw';

const THEMES = {
  light: ':root {',
  dark: ":root[data-theme='dark'] {",
  contrast: ":root[data-theme='contrast'] {",
};
const TONES = ['run', 'done', 'fail', 'need', 'pause', 'idle'];
const GROUNDS = ['page', 'surface', 'raised', 'hover', 'accent-wash', ...TONES.map((tone) => `${tone}-wash`)];

const PAIRS: readonly (readonly [string, string])[] = [
  ...['ink', 'quiet'].flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
  ...TONES.flatMap((tone) =>
    ['page', 'surface', 'raised', 'hover', `${tone}-wash`].map((ground) => [tone, ground] as const),
  ),
  ...['page', 'surface', 'raised', 'hover', 'accent-wash'].map((ground) => ['accent', ground] as const),
  ['on-accent', 'accent'],
];

function coloursOf(start: string): ReadonlyMap<string, string> {
  const from = css.indexOf(start);
  const block = css.slice(from, css.indexOf('}', from));
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** By WCAG 2.2's definition of relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(THEMES))('%s', (_, start) => {
  const colours = coloursOf(start);

  it.each(PAIRS)('%s on %s can be read', (text, ground) => {
    expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it('has borders of inputs that can be seen', () => {
    expect(contrast(colours.get('line-strong') ?? '', colours.get('page') ?? '')).toBeGreaterThanOrEqual(3);
  });
});
