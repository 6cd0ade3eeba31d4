/** The conversation of a run: what was said and done, in one order, and a place to say more. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Empty, Fault, SkeletonRows } from '../../parts/states.tsx';
import { useRun } from '../run-context.tsx';
import { Filters } from './filters.tsx';
import { Composer } from './saying/composer.tsx';
import { useOutbox } from './saying/use-outbox.ts';
import { speakerOf, stepOf, type Entry } from './thread/entries.ts';
import { useThread } from './thread/use-thread.ts';
import { ThreadList } from './thread-list.tsx';
import { useLiveWords } from './use-live-words.ts';

const route = getRouteApi('/runs/$id');

export default function ConversationView() {
  const { run, at } = useRun();
  const { entry: marked, hide, of } = route.useSearch();
  const { entries, from, older, error, retry } = useThread(marked);
  const live = useLiveWords(run.id);
  const saying = useOutbox(run.id, entries);
  const hidden = useMemo(() => new Set((hide ?? '').split(',')), [hide]);
  const shown = useMemo(() => entries?.filter((one) => fits(one, hidden, of)), [entries, hidden, of]);
  const words =
    at === undefined && !hidden.has('agents')
      ? live.filter(({ step }) => of === undefined || step === of)
      : [];
  if (error !== null && entries === undefined) return <Fault error={error} retry={retry} />;
  // A link leads to what is being read.
  const isOnItsWay = marked !== undefined && marked < from && older.error === null;
  if (entries === undefined || shown === undefined || isOnItsWay) return <SkeletonRows />;
  const isEmpty = shown.length === 0 && !older.isThere && words.length === 0 && saying.outbox.length === 0;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Filters entries={entries} shown={shown.length} hidden={hidden} of={of} isPart={older.isThere} />
      {isEmpty ? (
        <div className="min-h-0 flex-1 overflow-auto">
          <Empty title={entries.length === 0 ? 'Nothing was said yet' : 'Nothing of this kind'}>
            Here stands what agents do, what people say, and what the run asks.
          </Empty>
        </div>
      ) : (
        <ThreadList
          key={`${run.id} ${marked}`}
          entries={shown}
          newest={entries.at(-1)?.seq ?? 0}
          from={from}
          older={older}
          words={words}
          saying={saying}
          marked={marked}
        />
      )}
      <Composer say={saying.say} />
    </div>
  );
}

function fits(entry: Entry, hidden: ReadonlySet<string>, of: string | undefined): boolean {
  return !hidden.has(speakerOf(entry)) && (of === undefined || stepOf(entry) === of);
}
