/** The run over time: a row for each step, its attempts as bars with the parts of each; what nobody did is folded. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Choice } from '../../parts/field.tsx';
import { useNow } from '../../parts/moment.tsx';
import { Empty } from '../../parts/states.tsx';
import { useRun } from '../run-context.tsx';
import { Amounts } from './amounts.tsx';
import { SAID } from './facts.ts';
import { hasErrors } from './spans.ts';
import { FILL, Times } from './times.tsx';

const route = getRouteApi('/runs/$id');

const BY = { time: 'by time', tokens: 'by tokens', money: 'by money' } as const;
type By = keyof typeof BY;

export default function TimelineView() {
  const { run, steps } = useRun();
  const { by, fold, hide, only, step: chosen } = route.useSearch();
  const navigate = useNavigate();
  const isFaults = only === 'errors';
  const now = useNow();
  const isFolded = fold !== 'no';
  const drawn: By = by === 'tokens' || by === 'money' ? by : 'time';
  const begun = useMemo(
    () =>
      steps.filter(
        (step) =>
          (step.started_at !== null || step.attempts.length > 0) &&
          !(hide === 'done' && step.status === 'completed') &&
          (only !== 'errors' || hasErrors(step)),
      ),
    [steps, hide, only],
  );
  const set = (change: Readonly<Record<string, string>>) =>
    void navigate({ to: '.', replace: true, search: (search) => ({ ...search, ...change }) });
  useActions([
    {
      label: isFolded ? 'Show idle time' : 'Fold idle time',
      group: 'Timeline',
      keys: 'z',
      act: () => set({ fold: isFolded ? 'no' : 'yes' }),
    },
    {
      label: hide === 'done' ? 'Show what is done' : 'Hide what is done',
      group: 'Timeline',
      keys: 'd',
      act: () => set({ hide: hide === 'done' ? 'nothing' : 'done' }),
    },
    {
      label: isFaults ? 'Show all steps' : 'Only steps with errors',
      group: 'Timeline',
      keys: 'x',
      act: () => set({ only: isFaults ? 'all' : 'errors' }),
    },
  ]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div
        role="group"
        aria-label="How it is drawn"
        className="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-1.5"
      >
        <Choice
          aria-label="Drawn by"
          className="h-7 w-auto text-xs"
          value={drawn}
          onChange={({ target }) => set({ by: target.value })}
        >
          {Object.entries(BY).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Choice>
        <Button
          size="small"
          shortcut="z"
          kind={isFolded ? 'normal' : 'quiet'}
          aria-pressed={isFolded}
          why={drawn === 'time' ? undefined : 'Only time has idle stretches.'}
          onClick={() => set({ fold: isFolded ? 'no' : 'yes' })}
        >
          Fold idle time
        </Button>
        <Button
          size="small"
          shortcut="d"
          kind={hide === 'done' ? 'normal' : 'quiet'}
          aria-pressed={hide === 'done'}
          onClick={() => set({ hide: hide === 'done' ? 'nothing' : 'done' })}
        >
          Hide what is done
        </Button>
        <Button
          size="small"
          shortcut="x"
          kind={isFaults ? 'normal' : 'quiet'}
          aria-pressed={isFaults}
          onClick={() => set({ only: isFaults ? 'all' : 'errors' })}
        >
          Errors only
        </Button>
        <Legend />
      </div>
      {begun.length === 0 ? (
        <Empty title={emptyWords(steps.length, isFaults || hide === 'done')} />
      ) : drawn === 'time' ? (
        <Times
          steps={begun}
          isFolded={isFolded}
          now={run.completed_at === null ? now : Date.parse(run.completed_at)}
        />
      ) : (
        <Amounts steps={begun} chosen={chosen} by={drawn} />
      )}
    </div>
  );
}

function emptyWords(steps: number, isCut: boolean): string {
  if (steps === 0) return 'The plan is not known yet';
  return isCut ? 'No step is like that' : 'Nothing has begun yet';
}

function Legend() {
  return (
    <span className="flex flex-1 flex-wrap justify-end gap-x-3 text-xs text-quiet narrow:hidden">
      {(['waits', 'queue', 'work', 'failed', 'people'] as const).map((kind) => (
        <span key={kind} className="flex items-center gap-1">
          <span className="relative inline-block h-[30px] w-4" aria-hidden>
            <span className={cn('absolute inset-x-0 rounded-sm', FILL[kind])} />
          </span>
          {SAID[kind]}
        </span>
      ))}
    </span>
  );
}
