/** Steps by what they have used: bars as long as their tokens or their cost, the most first. */
import { useMemo } from 'react';
import type { Step } from '../../api/generated.ts';
import { countWords, moneyWords } from '../../words/figures.ts';
import { Rows } from './rows.tsx';

interface AmountsProps {
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
  readonly by: 'tokens' | 'money';
}

export function Amounts({ steps, chosen, by }: AmountsProps) {
  const ordered = useMemo(() => steps.toSorted((a, b) => amountOf(b, by) - amountOf(a, by)), [steps, by]);
  const most = ordered.reduce((so, step) => Math.max(so, amountOf(step, by)), 1);
  return (
    <Rows
      steps={ordered}
      chosen={chosen}
      corner="Step"
      head={
        <span className="absolute top-2.5 left-0">
          {by === 'tokens' ? 'tokens' : 'dollars'}, the most first
        </span>
      }
      bar={(index) => {
        const step = ordered[index];
        if (step === undefined) return null;
        const share = `${(amountOf(step, by) / most) * 100}%`;
        return (
          <>
            <span
              className="absolute top-2 left-0 h-3.5 min-w-0.5 rounded-sm bg-run"
              style={{ width: share }}
            />
            <span
              className="tabular absolute top-1.5 px-1 text-xs whitespace-nowrap text-quiet"
              style={{ left: share }}
            >
              {by === 'tokens' ? countWords(step.total_tokens) : moneyWords(step.cost_estimate)}
            </span>
          </>
        );
      }}
    />
  );
}

function amountOf(step: Step, by: AmountsProps['by']): number {
  return by === 'tokens' ? step.total_tokens : (step.cost_estimate ?? 0);
}
