/**
 * The entries, of which only those in sight are in the page. It stays at the end while the reader is there; a reader who
 * has scrolled up is not moved, neither by what comes below nor by older entries above, and told how much is new.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { whyNotRun } from '../steering/why-not.ts';
import { Beginning, BEGINNING_HEIGHT, OlderNotice } from './beginning.tsx';
import { EntryRow } from './entry-row.tsx';
import { LiveTurn } from './live-turn.tsx';
import { SentWords } from './saying/sent-words.tsx';
import type { Saying } from './saying/use-outbox.ts';
import { keyOf, type Entry } from './thread/entries.ts';
import type { Older } from './thread/use-thread.ts';
import { useUnread } from './unread/use-unread.ts';
import type { LiveWords } from './use-live-words.ts';

/** The end is in sight. */
const NEAR = 48;
/** Older entries are read when so few rows are left above. */
const MARGIN = 20;

interface ThreadListProps {
  /** Those that are shown. */
  readonly entries: readonly Entry[];
  /** `seq` of the newest entry, shown or not. */
  readonly newest: number;
  /** Entries from this `seq` on are here. */
  readonly from: number;
  readonly older: Older;
  readonly words: readonly LiveWords[];
  readonly saying: Saying;
  /** The entry that a link names. */
  readonly marked: number | undefined;
}

export function ThreadList({ entries, newest, from, older, words, saying, marked }: ThreadListProps) {
  const { run, at } = useRun();
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(marked === undefined);
  const rows = useRows(entries, box, marked, older.isThere ? 0 : BEGINNING_HEIGHT);
  useEnd(box, isAtEnd, [
    rows.getTotalSize(),
    words.reduce((total, { text }) => total + text.length, 0),
    entries.length,
    saying.outbox,
  ]);
  const first = entries.length === 0 ? 0 : rows.getVirtualItems()[0]?.index;
  useOlderAt(first, entries.length, older);
  const { line, seen } = useUnread(run.id, newest, isAtEnd && at === undefined);
  // Its place is not known while it lies before what is here; of the past nothing is news.
  const place = line >= from && at === undefined ? firstAfter(entries, line) : -1;
  const fresh = at === undefined && !isAtEnd ? entries.length - firstAfter(entries, seen) : 0;

  // Numbers answer the question that was asked last.
  const asked = entries.findLastIndex((one) => one.kind === 'question' && one.question.status === 'open');

  // Who says something wants to see it.
  const said = saying.outbox.length;
  const [before, setBefore] = useState(said);
  if (said !== before) {
    setBefore(said);
    if (said > before) setAtEnd(true);
  }

  const look = ({ currentTarget: list }: { readonly currentTarget: HTMLElement }) =>
    setAtEnd(list.scrollHeight - list.scrollTop - list.clientHeight < NEAR);
  const news = `${fresh.toLocaleString('en')}${seen < from ? ' or more' : ''} new`;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        onScroll={look}
        tabIndex={0}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        className="h-full overflow-auto"
      >
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {!older.isThere && <Beginning />}
          {rows.getVirtualItems().map((row) => {
            const entry = entries[row.index];
            if (entry === undefined) return null;
            return (
              <div
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                {row.index === place && <UnreadLine />}
                <EntryRow entry={entry} isMarked={entry.seq === marked} isKeyed={row.index === asked} />
              </div>
            );
          })}
        </div>
        {saying.outbox.map((one) => (
          <SentWords
            key={one.id}
            one={one}
            why={whyNotRun('message', run, at)}
            again={saying.again}
            takeBack={saying.takeBack}
          />
        ))}
        {words.map((one) => (
          <LiveTurn key={one.key} words={one} />
        ))}
      </div>
      {first !== undefined && first < MARGIN && older.isThere && <OlderNotice older={older} />}
      {!isAtEnd && (
        <Button
          size="small"
          className="absolute right-4 bottom-3 bg-raised shadow-md"
          onClick={() => setAtEnd(true)}
        >
          <ArrowDown className="size-3.5" aria-hidden />
          {fresh > 0 ? `Jump to latest · ${news}` : 'Jump to latest'}
        </Button>
      )}
      <output className="sr-only" aria-live="polite">
        {fresh > 0 ? counted(fresh, 'new entry', 'new entries') : ''}
      </output>
    </div>
  );
}

function UnreadLine() {
  return (
    <div
      role="separator"
      aria-label="Unread"
      className="flex items-center gap-2 px-4 py-1 text-xs text-accent"
    >
      <span className="h-px flex-1 bg-accent" />
      Unread since you were here
      <span className="h-px flex-1 bg-accent" />
    </div>
  );
}

type Box = React.RefObject<HTMLDivElement | null>;

/** Anchored at what the reader has before him: older entries above do not move it. */
function useRows(entries: readonly Entry[], box: Box, marked: number | undefined, paddingStart: number) {
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => (entries[at]?.kind === 'question' ? 260 : 36),
    getItemKey: (at) => keyOf(entries[at] ?? { kind: 'message', seq: -at, message: undefined as never }),
    anchorTo: 'end',
    paddingStart,
    overscan: 6,
    initialOffset: marked === undefined ? entries.length * 60 : 0,
  });
  usePaddingKept(box, paddingStart, entries[0]?.seq);
  // Where it is not shown itself, what stands before it.
  const place = marked === undefined ? -1 : firstAfter(entries, marked) - 1;
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: 'center' });
    // Once for a link, and not whenever rows are measured or older ones come.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  return rows;
}

/** The rows are anchored when their first one is another; a padding that comes alone is scrolled away. */
function usePaddingKept(box: Box, padding: number, first: number | undefined): void {
  const before = useRef({ padding, first });
  useLayoutEffect(() => {
    const { padding: old, first: oldFirst } = before.current;
    before.current = { padding, first };
    if (old !== padding && oldFirst === first) box.current?.scrollBy(0, padding - old);
  }, [box, padding, first]);
}

/** Shows the end whenever one of these changes, while the reader is there. */
function useEnd(box: Box, isAtEnd: boolean, changes: readonly unknown[]): void {
  useLayoutEffect(() => {
    const list = box.current;
    if (isAtEnd && list !== null) list.scrollTop = list.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isAtEnd, ...changes]);
}

/** Reads older entries before the reader comes to the first. @param first index of the first row; undefined: not known yet */
function useOlderAt(
  first: number | undefined,
  count: number,
  { isThere, isReading, error, read }: Older,
): void {
  useEffect(() => {
    if (first !== undefined && first < MARGIN && isThere && !isReading && error === null) read();
    // `read` is another function at each render.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [first, count, isThere, isReading, error]);
}

/** Index of the first entry after an event. */
function firstAfter(entries: readonly Entry[], seq: number): number {
  return entries.findLastIndex((entry) => entry.seq <= seq) + 1;
}
