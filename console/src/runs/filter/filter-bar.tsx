/**
 * The filter as words that can be taken away and written anew, and a place to write more, with what may stand there.
 * What cannot be read stays where it stands and says why.
 */
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, Search, X } from 'lucide-react';
import { useDeferredValue, useId, useState, type KeyboardEvent, type RefObject } from 'react';
import { OCCURRING, type FieldName, type OccurringField } from '../../../../src/protocol/filter/fields.ts';
import { parseRunFilter } from '../../../../src/protocol/filter/run-filter.ts';
import { wordsOf } from '../../../../src/protocol/filter/words.ts';
import { api, dataOf } from '../../api/client.ts';
import { cn } from '../../parts/class-names.ts';
import { KeyCap } from '../../parts/key-cap.tsx';
import { completionOf, type Occurring, type Option } from './completion.ts';

interface FilterBarProps {
  readonly filter: string;
  readonly change: (filter: string) => void;
  readonly input: RefObject<HTMLInputElement | null>;
}

export function FilterBar({ filter, change, input }: FilterBarProps) {
  const [draft, setDraft] = useState('');
  const { words } = wordsOf(filter);
  const { faults } = parseRunFilter(filter);
  const without = (at: number) => {
    const word = words[at];
    if (word !== undefined)
      change(`${filter.slice(0, word.from)}${filter.slice(word.to)}`.replaceAll(/ {2,}/g, ' ').trim());
  };
  const commit = (text: string) => {
    const more = text.trim();
    if (more === '') return;
    change(`${filter} ${more}`.trim());
    setDraft('');
  };
  const rewrite = (at: number) => {
    const word = words[at];
    if (word === undefined) return;
    setDraft(filter.slice(word.from, word.to));
    without(at);
    input.current?.focus();
  };
  return (
    <div className="flex flex-col gap-1">
      <div className="flex min-h-9 flex-wrap items-center gap-1 rounded-(--radius) border border-line-strong bg-page px-2 py-1 focus-within:outline-2 focus-within:outline-accent">
        <Search className="size-4 shrink-0 text-quiet" aria-hidden />
        {words.map((word, at) => (
          <Chip
            key={`${at} ${filter.slice(word.from, word.to)}`}
            text={filter.slice(word.from, word.to)}
            isWrong={faults.some(({ from, to }) => from >= word.from && to <= word.to)}
            rewrite={() => rewrite(at)}
            remove={() => without(at)}
          />
        ))}
        <Draft
          draft={draft}
          setDraft={setDraft}
          commit={commit}
          back={() => rewrite(words.length - 1)}
          input={input}
          isFirst={words.length === 0}
        />
        {filter === '' ? (
          <KeyCap>/</KeyCap>
        ) : (
          <button
            type="button"
            className="rounded px-1 text-xs text-quiet hover:text-ink"
            onClick={() => change('')}
          >
            Clear
          </button>
        )}
      </div>
      {faults.map((fault) => (
        <Told key={`${fault.from} ${fault.code}`} text={`${fault.message}.`} hint={fault.hint} />
      ))}
    </div>
  );
}

function Told({ text, hint }: { readonly text: string; readonly hint: string | undefined }) {
  return (
    <p role="alert" className="flex items-start gap-1.5 text-sm wrap-anywhere text-fail">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        {text} {hint !== undefined && <span className="text-quiet">{hint}</span>}
      </span>
    </p>
  );
}

interface ChipProps {
  readonly text: string;
  readonly isWrong: boolean;
  readonly rewrite: () => void;
  readonly remove: () => void;
}

function Chip({ text, isWrong, rewrite, remove }: ChipProps) {
  return (
    <span
      className={cn(
        'inline-flex max-w-full items-center rounded bg-accent-wash text-sm',
        isWrong && 'bg-fail-wash text-fail underline decoration-wavy underline-offset-2',
      )}
    >
      <button
        type="button"
        className="truncate rounded py-0.5 pr-0.5 pl-1.5"
        onClick={rewrite}
        aria-label={`Change ${text}`}
      >
        {text}
      </button>
      <button
        type="button"
        className="rounded p-1.5 hover:bg-hover"
        onClick={remove}
        aria-label={`Remove ${text}`}
      >
        <X className="size-3" aria-hidden />
      </button>
    </span>
  );
}

interface DraftProps {
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  readonly commit: (text: string) => void;
  /** Takes the last word to be written anew. */
  readonly back: () => void;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly isFirst: boolean;
}

function Draft({ draft, setDraft, commit, back, input, isFirst }: DraftProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const { field } = completionOf(draft);
  const occurring = useOccurring(useDeferredValue(field));
  const { from, options } = completionOf(draft, occurring);
  const shown = open ? options : [];
  const write = (text: string) => {
    setDraft(text);
    setOpen(true);
    setAt(-1);
  };
  const enter = (text: string) => {
    setOpen(false);
    commit(text);
  };
  const take = ({ insert, whole }: Option) => {
    const text = draft.slice(0, from) + insert;
    setAt(-1);
    if (whole) enter(text);
    else write(text);
  };
  const act = (event: KeyboardEvent<HTMLInputElement>) => {
    const option = shown[at];
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => (open ? setAt(Math.min(at + 1, shown.length - 1)) : setOpen(true)),
      ArrowUp: () => setAt(Math.max(at - 1, -1)),
      Enter: () => (option === undefined ? enter(draft) : take(option)),
      ...(option !== undefined && { Tab: () => take(option) }),
      Escape: () => (open && shown.length > 0 ? setOpen(false) : input.current?.blur()),
      ...(draft === '' && !isFirst && { Backspace: back }),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  return (
    <div className="relative min-w-40 flex-1">
      <input
        ref={input}
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={shown.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={shown[at] === undefined ? undefined : `${id}-${at}`}
        value={draft}
        placeholder={isFirst ? 'Filter: status:failed cost>1 created<24h, or any text' : ''}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => write(event.target.value)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={act}
        className="w-full bg-transparent py-0.5 text-sm outline-none placeholder:text-quiet"
      />
      <Options id={id} shown={shown} at={at} take={take} />
    </div>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly shown: readonly Option[];
  readonly at: number;
  readonly take: (option: Option) => void;
}

function Options({ id, shown, at, take }: OptionsProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="What may stand here"
      hidden={shown.length === 0}
      className="absolute top-full left-0 z-30 mt-2 max-h-80 w-max max-w-[min(32rem,calc(100vw-2rem))] min-w-64 overflow-auto rounded-lg border border-line-strong bg-raised p-1 shadow-lg"
    >
      {shown.map((option, index) => (
        // The input has the keys.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={option.shown}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(option)}
          className={cn(
            'flex cursor-pointer items-baseline gap-3 rounded-(--radius) px-2 py-1 text-sm hover:bg-hover',
            index === at && 'bg-hover',
          )}
        >
          <span className="font-medium">{option.shown}</span>
          <span className="flex-1 truncate text-right text-xs text-quiet">{option.help}</span>
        </div>
      ))}
    </div>
  );
}

const ASKED: ReadonlySet<string> = new Set(OCCURRING);
const NONE: readonly Occurring[] = [];

/** Values of late, where the API knows some. */
function useOccurring(field: FieldName | null): readonly Occurring[] {
  const { data } = useQuery({
    queryKey: ['runs', 'filter-values', field],
    enabled: field !== null && ASKED.has(field),
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const query = { field: field as OccurringField };
      return (await dataOf(api.GET('/api/v1/runs/filter-values', { params: { query }, signal }))).items;
    },
  });
  return data ?? NONE;
}
