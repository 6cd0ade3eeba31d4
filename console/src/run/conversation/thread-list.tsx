/**
 * The entries, of which only those in sight are in the page. It stays at the end while the reader is there; a reader who
 * has scrolled up is not moved, and told how much has come.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { counted } from '../../words/figures.ts';
import { keyOf, type Entry } from './entries.ts';
import { EntryRow } from './entry-row.tsx';
import type { LiveWords } from './use-live-words.ts';

/** The end is in sight. */
const NEAR = 48;

interface ThreadListProps {
  readonly entries: readonly Entry[];
  readonly words: readonly LiveWords[];
  /** The entry that a link names. */
  readonly marked: number | undefined;
}

export function ThreadList({ entries, words, marked }: ThreadListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(marked === undefined);
  const [seen, setSeen] = useState(entries.length);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => (entries[at]?.kind === 'question' ? 260 : 40),
    getItemKey: (at) => keyOf(entries[at] ?? { kind: 'message', seq: -at, message: undefined as never }),
    overscan: 6,
    initialOffset: marked === undefined ? entries.length * 60 : 0,
  });
  const size = rows.getTotalSize();
  const length = words.reduce((total, { text }) => total + text.length, 0);

  useLayoutEffect(() => {
    const list = box.current;
    if (isAtEnd && list !== null) list.scrollTop = list.scrollHeight;
  }, [isAtEnd, size, length, entries.length]);

  const place = marked === undefined ? -1 : entries.findIndex(({ seq }) => seq === marked);
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: 'center' });
    // Once for a link, and not whenever rows are measured.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [place]);

  const look = () => {
    const list = box.current;
    if (list === null) return;
    const near = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    setAtEnd(near);
    if (near) setSeen(entries.length);
  };
  const fresh = isAtEnd ? 0 : Math.max(0, entries.length - seen);
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
        <div className="relative w-full" style={{ height: size }}>
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
                <EntryRow entry={entry} isMarked={entry.seq === marked} />
              </div>
            );
          })}
        </div>
        {words.map(({ key, step, turn, text }) => (
          <article key={key} aria-label={`${step} is speaking`} className="flex gap-2.5 px-4 py-1.5">
            <span className="mt-1.5 size-2.5 shrink-0 animate-pulse rounded-full bg-run" aria-hidden />
            <p className="min-w-0 flex-1 text-sm wrap-anywhere whitespace-pre-wrap">{text}</p>
            <span className="font-mono text-xs leading-6 text-quiet">
              {step}, turn {turn}
            </span>
          </article>
        ))}
      </div>
      {!isAtEnd && (
        <Button
          size="small"
          className="absolute right-4 bottom-3 bg-raised shadow-md"
          onClick={() => setAtEnd(true)}
        >
          <ArrowDown className="size-3.5" aria-hidden />
          {fresh > 0 ? `${counted(fresh, 'new entry', 'new entries')}` : 'To the end'}
        </Button>
      )}
      <output className="sr-only" aria-live="polite">
        {fresh > 0 ? counted(fresh, 'new entry', 'new entries') : ''}
      </output>
    </div>
  );
}
