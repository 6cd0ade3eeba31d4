/** The branches that a fork asks for: what each sets, what it is called, and its share of the budget. Pure. */
import type { ForkRun, Settings } from '../../contract/checkpoint.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { Limits } from '../../plan/plan.ts';
import { microsOf } from '../../protocol/money.ts';
import type { CheckpointThen } from '../state/read-checkpoint-state.ts';

/** The label of a run that tells which variant it is. */
const VARIANT_LABEL = 'variant';

export interface Branch {
  /** null: the fork has no variants. */
  readonly label: string | null;
  readonly set: Settings;
  readonly labels: Readonly<Record<string, string>>;
}

export function branchesOf({ set, variants, labels }: ForkRun): readonly Branch[] {
  if (variants === undefined) return [{ label: null, set, labels }];
  return variants.map(({ label = '', ...own }, at) => {
    const name = label === '' ? String(at + 1) : label;
    return { label: name, set: onTop(set, own), labels: { ...labels, [VARIANT_LABEL]: name } };
  });
}

/** What a variant says of a step stands beside what is said of it for all. */
function onTop(set: Settings, own: Settings): Settings {
  const keys = [...new Set([...Object.keys(set.steps), ...Object.keys(own.steps)])];
  return {
    ...set,
    ...own,
    inputs: { ...set.inputs, ...own.inputs },
    steps: Object.fromEntries(keys.map((key) => [key, { ...set.steps[key], ...own.steps[key] }])),
  };
}

/**
 * The limits of each of so many branches: what was used before, and an even share of the budget. Shares are rounded down,
 * so that all together stay within it; a limit that is lower already stays.
 *
 * @throws ConflictError `set_refused` where the money that was used is not known
 */
export function limitsOf(
  { spent }: Pick<CheckpointThen, 'spent'>,
  budget: ForkRun['budget'],
  branches: number,
): Partial<Limits> {
  const { limits, tokens, costMicros } = spent;
  const least = (limit: number | null, used: number, all: number) =>
    Math.min(limit ?? Infinity, used + Math.floor(all / branches));
  const { tokens: allTokens, cost_usd: dollars } = budget ?? {};
  if (dollars !== undefined && costMicros === null) {
    const message =
      'The run has called a model whose price is not known: a budget in money could not be kept.';
    throw new ConflictError('set_refused', message, [
      { path: 'body.budget', code: 'price_unknown', message },
    ]);
  }
  return {
    ...(allTokens !== undefined && { maxTokens: least(limits.maxTokens, tokens, allTokens) }),
    ...(dollars !== undefined && {
      maxCostMicros: least(limits.maxCostMicros, costMicros ?? 0, microsOf(dollars)),
    }),
  };
}
