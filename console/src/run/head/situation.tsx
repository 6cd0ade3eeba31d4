/** The sentence under the title: what the run waits for and what to do about it, or what went wrong, with the error first. */
import { useNavigate } from '@tanstack/react-router';
import { ChevronRight, CircleAlert, Hand } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { useNow } from '../../parts/moment.tsx';
import { toneText, toneWash } from '../../parts/status-badge.tsx';
import { cn } from '../../parts/class-names.ts';
import { useRun } from '../run-context.tsx';
import { hasEnded } from '../steering/why-not.ts';
import { nextActions, type NextAction } from './next-action.ts';
import { WhyChain } from './why-chain.tsx';

/** So many sentences are shown at once. */
const FIRST = 2;

export function Situation() {
  const { run } = useRun();
  const [isWhole, setWhole] = useState(false);
  const now = useNow();
  const actions = nextActions(run.waiting_for, now);
  const shown = isWhole ? actions : actions.slice(0, FIRST);
  return (
    <>
      {run.error !== null && hasEnded(run) && <Failure />}
      {run.pause !== null && run.pause.drained < run.pause.busy && (
        <p className="text-sm text-pause">
          The pause comes into force: {run.pause.drained} of {run.pause.busy} steps at work have come to rest.
        </p>
      )}
      {shown.length > 0 && (
        <ul className="flex flex-col gap-1">
          {shown.map((action) => (
            <Sentence key={action.text} action={action} />
          ))}
        </ul>
      )}
      {actions.length > FIRST && (
        <Button
          kind="quiet"
          size="small"
          className="self-start"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? 'Fewer' : `${actions.length - FIRST} more`}
        </Button>
      )}
    </>
  );
}

function Sentence({ action: { text, tone, at } }: { readonly action: NextAction }) {
  const { run } = useRun();
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const step = at?.step ?? null;
  const go = () => {
    if (at?.view === 'nodes') return void navigate({ to: '/nodes' });
    const params = { id: run.id, tab: at?.view === 'conversation' ? 'conversation' : 'graph' };
    void navigate({
      to: '/runs/$id/$tab',
      params,
      search: (search) => (at?.view === 'step' && step !== null ? { ...search, step } : search),
    });
  };
  return (
    <li className={cn('rounded-(--radius) px-2.5 py-1.5 text-sm', toneWash(tone))}>
      <div className="flex items-start gap-2">
        <Hand className={cn('mt-0.5 size-4 shrink-0', toneText(tone))} aria-hidden />
        <span className="line-clamp-2 min-w-0 flex-1 wrap-anywhere text-ink">{text}</span>
        {step !== null && (
          <Button
            kind="quiet"
            size="small"
            className="h-6 text-ink"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight className={cn('size-3.5', isOpen && 'rotate-90')} aria-hidden />
            Why
          </Button>
        )}
        {at !== undefined && (
          <Button size="small" className="h-6" onClick={go}>
            {at.label}
          </Button>
        )}
      </div>
      {isOpen && step !== null && <WhyChain runId={run.id} step={step} />}
    </li>
  );
}

/** Of a run that failed: where, what was said, and the way to all of it. */
function Failure() {
  const { run, steps } = useRun();
  const navigate = useNavigate();
  const failed =
    steps.find(({ key }) => key === run.error?.step) ?? steps.find(({ status }) => status === 'failed');
  const tail = failed?.error?.stderr_tail ?? failed?.error?.stdout_tail;
  return (
    <div role="alert" className="rounded-(--radius) bg-fail-wash px-2.5 py-1.5 text-sm">
      <div className="flex items-start gap-2">
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-fail" aria-hidden />
        <p className="line-clamp-4 min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">
          {failed !== undefined && <strong className="font-semibold">{failed.title}: </strong>}
          {failed?.error?.message ?? run.error?.message}
        </p>
        {failed !== undefined && (
          <Button
            size="small"
            className="h-6"
            onClick={() =>
              void navigate({
                to: '.',
                search: (search) => ({ ...search, step: failed.key, inspect: 'attempts' }),
              })
            }
          >
            See the step
          </Button>
        )}
      </div>
      {tail !== undefined && tail.trim() !== '' && (
        <pre
          className="mt-1.5 max-h-32 overflow-auto rounded-sm border border-line bg-page p-2 text-xs"
          tabIndex={0}
        >
          {tail.trimEnd().split('\n').slice(-12).join('\n')}
        </pre>
      )}
    </div>
  );
}
