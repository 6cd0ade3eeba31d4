/** Which events somebody wants: everything, occasions, families, or single ones. */
import { useId } from 'react';
import {
  EVENT_WORDS,
  OCCASION_NAMES,
  OUTGOING_EVENTS,
  type Occasion,
} from '../../../src/protocol/outgoing/event-names.ts';

const OCCASION_WORDS: Readonly<Record<Occasion, string>> = {
  question: 'People are asked something',
  failure: 'A run fails or times out',
  budget: 'A limit or budget is near or reached',
  completed: 'A run has ended well',
};
const FAMILIES = EVENT_WORDS.filter((word) => word.endsWith('.*'));
const NAMES = Object.entries(OUTGOING_EVENTS);

interface EventChoiceProps {
  readonly chosen: readonly string[];
  readonly fault: string | undefined;
  readonly onChange: (words: readonly string[]) => void;
}

export function EventChoice({ chosen, fault, onChange }: EventChoiceProps) {
  const about = useId();
  const isAll = chosen.includes('*');
  const set = (word: string, isWanted: boolean) =>
    onChange(isWanted ? [...chosen, word] : chosen.filter((one) => one !== word));
  const box = (word: string, words: string) => (
    <Wish key={word} word={word} isChosen={chosen.includes(word)} onChange={(wanted) => set(word, wanted)}>
      {words}
    </Wish>
  );
  return (
    <fieldset aria-describedby={about} className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium">What is sent</legend>
      <Wish word="*" isChosen={isAll} onChange={(wanted) => onChange(wanted ? ['*'] : [])}>
        Everything
      </Wish>
      {!isAll && (
        <>
          {OCCASION_NAMES.map((word) => box(word, OCCASION_WORDS[word]))}
          <div className="flex flex-wrap gap-x-5 gap-y-1.5">
            {FAMILIES.map((word) => box(word, `All of ${word}`))}
          </div>
          <details className="text-sm">
            <summary className="min-h-6 text-accent">Single events</summary>
            <div className="mt-1.5 grid grid-cols-1 gap-1.5">
              {NAMES.map(([word, says]) => box(word, `${word}: ${says}`))}
            </div>
          </details>
        </>
      )}
      <p id={about} className={fault === undefined ? 'text-xs text-quiet' : 'text-xs text-fail'}>
        {fault ??
          (chosen.length === 0 ? 'Nothing is chosen: only what definitions name it for is sent.' : '')}
      </p>
    </fieldset>
  );
}

interface WishProps {
  readonly word: string;
  readonly isChosen: boolean;
  readonly onChange: (isWanted: boolean) => void;
  readonly children: string;
}

function Wish({ word, isChosen, onChange, children }: WishProps) {
  return (
    <label className="flex items-start gap-2 text-sm">
      <input
        type="checkbox"
        value={word}
        checked={isChosen}
        onChange={({ target }) => onChange(target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      {children}
    </label>
  );
}
