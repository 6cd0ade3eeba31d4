/** Beside the text of a definition: the plan that it makes, a trial of it, and how past runs would go with it. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../../api/part.ts';
import { cn } from '../../parts/class-names.ts';
import { SkeletonRows } from '../../parts/states.tsx';
import { counted } from '../../words/figures.ts';
import { PlanOutline } from '../detail/plan-outline.tsx';
import type { Format } from '../publish.ts';
import type { Outline } from './verdict/verdict.ts';

const TrialView = lazyPart(() => import('../trial/trial-view.tsx'));
const PastRunsView = lazyPart(() => import('../trial/past-runs-view.tsx'));

const TABS = { plan: 'Plan', trial: 'Try it', past: 'Past runs' } as const;
type Tab = keyof typeof TABS;

interface BesideProps {
  readonly text: string;
  readonly format: Format;
  readonly notes: ReadonlyMap<string, string> | undefined;
  /** Of the last text without errors. */
  readonly outline: Outline | undefined;
  readonly isBroken: boolean;
  readonly onChoose: (key: string) => void;
}

export function Beside({ text, format, notes, outline, isBroken, onChoose }: BesideProps) {
  const { beside } = useSearch({ strict: false }) as { readonly beside?: string };
  const navigate = useNavigate();
  const tab = (Object.keys(TABS) as Tab[]).find((one) => one === beside) ?? 'plan';
  const show = (next: Tab) =>
    void navigate({
      to: '.',
      search: (search: object) => ({ ...search, beside: next === 'plan' ? '' : next }),
    });
  return (
    <aside
      aria-label="Beside the text"
      className={cn(
        'flex shrink-0 flex-col border-l border-line max-lg:hidden',
        tab === 'plan' ? 'w-80' : 'w-[26rem]',
      )}
    >
      <div role="tablist" aria-label="Beside the text" className="flex gap-1 border-b border-line px-3">
        {(Object.keys(TABS) as Tab[]).map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`beside-tab-${one}`}
            aria-selected={one === tab}
            aria-controls="beside-panel"
            onClick={() => show(one)}
            className={cn(
              '-mb-px border-b-2 border-transparent px-2 py-2 text-sm text-quiet hover:text-ink',
              one === tab && 'border-accent font-medium text-ink',
            )}
          >
            {TABS[one]}
          </button>
        ))}
      </div>
      <div
        id="beside-panel"
        role="tabpanel"
        aria-labelledby={`beside-tab-${tab}`}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto p-4"
      >
        {outline === undefined ? (
          <p className="text-sm text-quiet">The plan is shown here once the text has no errors.</p>
        ) : (
          <Suspense fallback={<SkeletonRows rows={4} />}>
            {tab === 'plan' && <PlanBeside {...{ notes, outline, isBroken, onChoose }} />}
            {tab === 'trial' && <TrialView {...{ text, format, outline, onChoose }} />}
            {tab === 'past' && <PastRunsView {...{ text, format, name: outline.name }} />}
          </Suspense>
        )}
      </div>
    </aside>
  );
}

interface PlanBesideProps extends Pick<BesideProps, 'notes' | 'isBroken' | 'onChoose'> {
  readonly outline: Outline;
}

function PlanBeside({ notes, outline, isBroken, onChoose }: PlanBesideProps) {
  return (
    <div className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold">
        {outline.name} <span className="font-mono text-xs font-normal text-quiet">{outline.version}</span>
      </h2>
      <p className="text-xs text-quiet">
        {isBroken ? 'As it was before the errors: ' : ''}
        {counted(outline.steps.length, 'step')}
      </p>
      <PlanOutline steps={outline.steps} onChoose={onChoose} {...(notes !== undefined && { notes })} />
    </div>
  );
}
