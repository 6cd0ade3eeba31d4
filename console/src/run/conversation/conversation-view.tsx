/** The conversation of a run: what was said and done, in one order, and a place to say more. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/field.tsx';
import { Empty, Fault, SkeletonRows } from '../../parts/states.tsx';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { Composer } from './composer.tsx';
import { SPEAKERS, speakerOf, stepOf, type Entry, type Speaker } from './entries.ts';
import { ThreadList } from './thread-list.tsx';
import { useLiveWords } from './use-live-words.ts';
import { useThread } from './use-thread.ts';

const route = getRouteApi('/runs/$id');

const WORDS: Readonly<Record<Speaker, string>> = {
  people: 'People',
  agents: 'Agents',
  baton: 'Baton',
  tools: 'Tools',
  questions: 'Questions',
};

export default function ConversationView() {
  const { run, at } = useRun();
  const { entry: marked, hide, of } = route.useSearch();
  const { entries, error, retry } = useThread();
  const live = useLiveWords(run.id);
  const hidden = useMemo(() => new Set((hide ?? '').split(',')), [hide]);
  const shown = useMemo(() => entries?.filter((one) => fits(one, hidden, of)), [entries, hidden, of]);
  const words =
    at === undefined && !hidden.has('agents')
      ? live.filter(({ step }) => of === undefined || step === of)
      : [];
  if (error !== null && entries === undefined) return <Fault error={error} retry={retry} />;
  if (entries === undefined || shown === undefined) return <SkeletonRows />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Filters entries={entries} shown={shown.length} hidden={hidden} of={of} />
      {shown.length === 0 && words.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-auto">
          <Empty title={entries.length === 0 ? 'Nothing was said yet' : 'Nothing of this kind'}>
            Here stands what agents do, what people say, and what the run asks.
          </Empty>
        </div>
      ) : (
        <ThreadList key={`${run.id} ${marked}`} entries={shown} words={words} marked={marked} />
      )}
      <Composer />
    </div>
  );
}

function fits(entry: Entry, hidden: ReadonlySet<string>, of: string | undefined): boolean {
  return !hidden.has(speakerOf(entry)) && (of === undefined || stepOf(entry) === of);
}

interface FiltersProps {
  readonly entries: readonly Entry[];
  readonly shown: number;
  readonly hidden: ReadonlySet<string>;
  readonly of: string | undefined;
}

function Filters({ entries, shown, hidden, of }: FiltersProps) {
  const navigate = useNavigate();
  const steps = useMemo(() => [...new Set(entries.flatMap((entry) => stepOf(entry) ?? []))], [entries]);
  const toggle = (speaker: Speaker) => {
    const next = SPEAKERS.filter((one) => hidden.has(one) !== (one === speaker)).join(',');
    void navigate({
      to: '.',
      replace: true,
      search: ({ hide: _hide, ...search }) => (next === '' ? search : { ...search, hide: next }),
    });
  };
  const only = (step: string) =>
    void navigate({
      to: '.',
      replace: true,
      search: ({ of: _of, ...search }) => (step === '' ? search : { ...search, of: step }),
    });
  return (
    <div
      role="group"
      aria-label="What is shown"
      className="flex flex-wrap items-center gap-1 border-b border-line px-4 py-1.5"
    >
      {SPEAKERS.map((speaker) => (
        <Button
          key={speaker}
          size="small"
          kind={hidden.has(speaker) ? 'quiet' : 'normal'}
          aria-pressed={!hidden.has(speaker)}
          onClick={() => toggle(speaker)}
        >
          {WORDS[speaker]}
        </Button>
      ))}
      <Choice
        aria-label="Of which step"
        className="h-7 w-auto max-w-48 text-xs"
        value={of ?? ''}
        onChange={({ target }) => only(target.value)}
      >
        <option value="">of all steps</option>
        {steps.map((step) => (
          <option key={step}>{step}</option>
        ))}
      </Choice>
      <span className="flex-1 text-right text-xs text-quiet">
        {shown === entries.length
          ? counted(shown, 'entry', 'entries')
          : `${shown} of ${counted(entries.length, 'entry', 'entries')}`}
      </span>
    </div>
  );
}
