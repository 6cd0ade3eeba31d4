/** The graphs that both sides run. */
interface GraphStep {
  readonly key: string;
  readonly parents: readonly string[];
}
export type Graph = readonly GraphStep[];

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Each step after the one before. */
export const chain = (length: number): Graph =>
  range(length).map((i) => ({ key: `s${i}`, parents: i === 0 ? [] : [`s${i - 1}`] }));

/** All at once. */
export const fanOut = (width: number): Graph => range(width).map((i) => ({ key: `s${i}`, parents: [] }));

/** Levels of equal width; every step has three parents in the level before. */
export const layers = (depth: number, width: number): Graph =>
  range(depth).flatMap((level) =>
    range(width).map((i) => ({
      key: `l${level}s${i}`,
      parents: level === 0 ? [] : [0, 1, 2].map((offset) => `l${level - 1}s${(i + offset) % width}`),
    })),
  );

/** A little of everything: one, three beside each other, one. */
export const five = (): Graph => [
  { key: 'first', parents: [] },
  ...range(3).map((i) => ({ key: `middle${i}`, parents: ['first'] })),
  { key: 'last', parents: range(3).map((i) => `middle${i}`) },
];
