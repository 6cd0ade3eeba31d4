/** The step that is chosen, beside the view: how it is, what it made, each attempt, what its agent said. A sheet on phones. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { Suspense, useRef } from 'react';
import { lazyPart } from '../../api/part.ts';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Empty, SkeletonRows } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { stepWords } from '../../words/status.ts';
import { useRun } from '../run-context.tsx';
import { StepActions } from '../steering/step-actions.tsx';
import { Attempts } from './attempts.tsx';
import { Overview } from './overview.tsx';
import { useWidth } from './use-width.ts';

const Given = lazyPart(() => import('./given.tsx'));
const Output = lazyPart(() => import('./output.tsx'));
const Calls = lazyPart(() => import('./calls.tsx'));

const route = getRouteApi('/runs/$id');

const TABS = ['overview', 'input', 'output', 'attempts', 'calls'] as const;
type Tab = (typeof TABS)[number];
const WORDS: Readonly<Record<Tab, string>> = {
  overview: 'Overview',
  input: 'Input',
  output: 'Output',
  attempts: 'Attempts',
  calls: 'Model calls',
};

export function Inspector({ stepKey }: { readonly stepKey: string }) {
  const { steps } = useRun();
  const { inspect } = route.useSearch();
  const navigate = useNavigate();
  const box = useRef<HTMLElement>(null);
  const { width, grip } = useWidth();
  const step = steps.find(({ key }) => key === stepKey);
  const tabs = TABS.filter((one) => one !== 'calls' || step?.kind === 'agent');
  const tab = tabs.find((one) => one === inspect) ?? 'overview';
  const show = (change: { readonly step?: string; readonly inspect?: string }) =>
    void navigate({ to: '.', search: (search) => ({ ...search, ...change }), replace: true });
  const close = () =>
    void navigate({
      to: '.',
      search: ({ step: _step, inspect: _inspect, ...search }) => search,
      replace: true,
    });
  const at = steps.findIndex(({ key }) => key === stepKey);
  useActions([
    { label: 'Close the step', group: 'Step', keys: 'Escape', act: close },
    {
      label: 'Next step',
      group: 'Step',
      keys: 'j',
      act: () => show({ step: steps[at + 1]?.key ?? stepKey }),
    },
    {
      label: 'Previous step',
      group: 'Step',
      keys: 'k',
      act: () => show({ step: steps[at - 1]?.key ?? stepKey }),
    },
    ...tabs.map((one, place) => ({
      label: `Step: ${WORDS[one].toLowerCase()}`,
      group: 'Step',
      keys: String(place + 1),
      act: () => show({ inspect: one }),
    })),
  ]);
  return (
    <aside
      ref={box}
      aria-label="Step"
      className="relative flex min-h-0 w-(--inspector) shrink-0 flex-col border-l border-line bg-page narrow:fixed narrow:inset-0 narrow:z-30 narrow:w-full"
      style={{ '--inspector': `${width}px` } as object}
    >
      <div
        {...grip}
        className="absolute inset-y-0 -left-1 w-2 cursor-col-resize hover:bg-accent/30 focus-visible:bg-accent/50 narrow:hidden"
      />
      {step === undefined ? (
        <Empty title="There is no such step" actions={<Button onClick={close}>Close</Button>}>
          The plan of the run has no step “{stepKey}”{steps.length === 0 && ', or is not known yet'}.
        </Empty>
      ) : (
        <>
          <header className="flex flex-col gap-1.5 border-b border-line px-4 pt-3">
            <div className="flex items-start gap-2">
              <h2 className="min-w-0 flex-1 font-semibold wrap-anywhere">{step.title}</h2>
              <StepActions step={step} />
              <Button kind="quiet" size="icon" label="Close" shortcut="Escape" onClick={close}>
                <X className="size-4" aria-hidden />
              </Button>
            </div>
            <div className="flex flex-wrap items-center gap-2 text-sm text-quiet">
              <StatusBadge words={stepWords(step)} />
              <span className="font-mono text-xs">{step.key}</span>
              <span>{step.kind}</span>
            </div>
            <div role="tablist" aria-label="Of the step" className="-mx-1 flex gap-1">
              {tabs.map((one) => (
                <button
                  key={one}
                  type="button"
                  role="tab"
                  id={`step-tab-${one}`}
                  aria-selected={one === tab}
                  aria-controls="step-panel"
                  onClick={() => show({ inspect: one })}
                  className={cn(
                    '-mb-px border-b-2 border-transparent px-2 py-1.5 text-sm text-quiet hover:text-ink',
                    one === tab && 'border-accent font-medium text-ink',
                  )}
                >
                  {WORDS[one]}
                </button>
              ))}
            </div>
          </header>
          <div
            id="step-panel"
            role="tabpanel"
            aria-labelledby={`step-tab-${tab}`}
            tabIndex={0}
            className="min-h-0 flex-1 overflow-auto p-4"
          >
            <Suspense fallback={<SkeletonRows rows={4} />}>
              {tab === 'overview' && <Overview step={step} />}
              {tab === 'input' && <Given key={step.key} step={step} />}
              {tab === 'output' && <Output step={step} />}
              {tab === 'attempts' && <Attempts step={step} />}
              {tab === 'calls' && <Calls step={step} />}
            </Suspense>
          </div>
        </>
      )}
    </aside>
  );
}
