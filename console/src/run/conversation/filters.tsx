/** Which entries of the conversation are shown: of whom, and of which step. They stand in the address. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/field.tsx';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { SPEAKERS, stepOf, type Entry, type Speaker } from './thread/entries.ts';

const WORDS: Readonly<Record<Speaker, string>> = {
  people: 'People',
  agents: 'Agents',
  baton: 'Baton',
  tools: 'Tools',
  questions: 'Questions',
};

interface FiltersProps {
  readonly entries: readonly Entry[];
  readonly shown: number;
  readonly hidden: ReadonlySet<string>;
  readonly of: string | undefined;
  /** There are older entries, which are not here. */
  readonly isPart: boolean;
}

export function Filters({ entries, shown, hidden, of, isPart }: FiltersProps) {
  const navigate = useNavigate();
  const steps = useSteps(entries, of, isPart);
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
        {shown !== entries.length && `${shown.toLocaleString('en')} of `}
        {isPart && 'the newest '}
        {counted(entries.length, 'entry', 'entries')}
      </span>
    </div>
  );
}

/** Of which there are entries, or may be among those that are not here. */
function useSteps(entries: readonly Entry[], of: string | undefined, isPart: boolean): readonly string[] {
  const { steps } = useRun();
  return useMemo(() => {
    const begun = isPart ? steps.filter(({ status }) => status !== 'pending').map(({ key }) => key) : [];
    return [
      ...new Set([
        ...begun,
        ...entries.flatMap((entry) => stepOf(entry) ?? []),
        ...(of === undefined ? [] : [of]),
      ]),
    ];
  }, [steps, entries, of, isPart]);
}
