/** Steps by level: those of one can run beside each other once those of the levels before have settled. Pure. */

export interface LeveledStep {
  readonly key: string;
  readonly title: string;
  readonly kind: string;
  readonly level: number;
  readonly dependencies: readonly string[];
}

export interface Level {
  readonly level: number;
  readonly steps: readonly LeveledStep[];
}

/** From the first on, each in the order of the plan. */
export function levelsOf(steps: readonly LeveledStep[]): readonly Level[] {
  const levels = new Map<number, LeveledStep[]>();
  for (const step of steps) levels.set(step.level, [...(levels.get(step.level) ?? []), step]);
  return [...levels].toSorted(([a], [b]) => a - b).map(([level, members]) => ({ level, steps: members }));
}

/** How many steps the widest level has. */
export function widthOf(steps: readonly Pick<LeveledStep, 'level'>[]): number {
  const counts = new Map<number, number>();
  for (const { level } of steps) counts.set(level, (counts.get(level) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
