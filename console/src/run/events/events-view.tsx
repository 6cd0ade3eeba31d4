/** The record of a run, event by event: found by type, step and text; each with its data, and what led to it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight, Download } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { RunEvent } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Choice, TextInput } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Empty, Fault, faultWords, SkeletonRows } from '../../parts/states.tsx';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { eventWords, isFault } from './event-words.ts';
import { useRecord } from './use-events.ts';

const route = getRouteApi('/runs/$id');

export default function EventsView() {
  const { run } = useRun();
  const { events, left, error, refetch } = useRecord();
  const { type, of, find } = route.useSearch();
  const navigate = useNavigate();
  const types = useMemo(() => [...new Set(events?.map((event) => event.type))].toSorted(), [events]);
  const steps = useMemo(() => [...new Set(events?.flatMap(({ step }) => step ?? []))], [events]);
  const shown = useMemo(
    () => events?.filter((event) => fits(event, type, of, find?.toLowerCase())),
    [events, type, of, find],
  );
  const set = (name: 'type' | 'of' | 'find', value: string) =>
    void navigate({
      to: '.',
      replace: true,
      search: ({ [name]: _gone, ...search }) => (value === '' ? search : { ...search, [name]: value }),
    });
  if (error !== null && events === undefined) return <Fault error={error} retry={() => void refetch()} />;
  if (shown === undefined || events === undefined) return <SkeletonRows />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div
        role="search"
        aria-label="Events"
        className="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-1.5"
      >
        <Choice
          aria-label="Type"
          className="h-7 w-auto text-xs"
          value={type ?? ''}
          onChange={({ target }) => set('type', target.value)}
        >
          <option value="">all types</option>
          <option value="faults">what went wrong</option>
          {types.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Choice>
        <Choice
          aria-label="Step"
          className="h-7 w-auto max-w-48 text-xs"
          value={of ?? ''}
          onChange={({ target }) => set('of', target.value)}
        >
          <option value="">all steps</option>
          {steps.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Choice>
        <TextInput
          type="search"
          aria-label="Text in the event"
          placeholder="Text in the event"
          className="h-7 w-48 text-xs"
          value={find ?? ''}
          onChange={({ target }) => set('find', target.value)}
        />
        <span className="flex-1 text-right text-xs text-quiet">
          {shown.length === events.length
            ? counted(shown.length, 'event')
            : `${shown.length} of ${counted(events.length, 'event')}`}
          {left > 0 && `; the ${left.toLocaleString('en')} before them are in the API`}
        </span>
        <Button kind="quiet" size="small" onClick={() => save(run.id, shown)}>
          <Download className="size-3.5" aria-hidden />
          JSON lines
        </Button>
      </div>
      {shown.length === 0 ? <Empty title="No event is like that" /> : <List events={shown} />}
    </div>
  );
}

function fits(
  event: RunEvent,
  type: string | undefined,
  of: string | undefined,
  find: string | undefined,
): boolean {
  if (type === 'faults' ? !isFault(event) : type !== undefined && event.type !== type) return false;
  if (of !== undefined && event.step !== of) return false;
  return (
    find === undefined || `${eventWords(event)} ${JSON.stringify(event.data)}`.toLowerCase().includes(find)
  );
}

function save(runId: string, events: readonly RunEvent[]): void {
  const url = URL.createObjectURL(
    new Blob([events.map((event) => `${JSON.stringify(event)}\n`).join('')], {
      type: 'application/x-ndjson',
    }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `${runId}.events.jsonl`;
  link.click();
  URL.revokeObjectURL(url);
}

function List({ events }: { readonly events: readonly RunEvent[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<number>();
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => box.current,
    estimateSize: () => 32,
    getItemKey: (at) => events[at]?.seq ?? at,
    overscan: 10,
  });
  return (
    <div ref={box} tabIndex={0} role="region" aria-label="Record" className="min-h-0 flex-1 overflow-auto">
      <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const event = events[row.index];
          if (event === undefined) return null;
          return (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <Row
                event={event}
                isOpen={opened === event.seq}
                toggle={() => setOpened(opened === event.seq ? undefined : event.seq)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly event: RunEvent;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

function Row({ event, isOpen, toggle }: RowProps) {
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={toggle}
        className="grid min-h-8 w-full grid-cols-[1rem_4rem_5.5rem_8rem_minmax(0,1fr)] items-center gap-2 px-4 text-left text-sm hover:bg-hover narrow:grid-cols-[1rem_3rem_minmax(0,1fr)]"
      >
        <ChevronRight className={cn('size-3.5 text-quiet', isOpen && 'rotate-90')} aria-hidden />
        <span className="tabular text-right text-xs text-quiet">{event.seq}</span>
        <span className="text-xs text-quiet narrow:hidden">
          <Moment at={event.at} as="clock" />
        </span>
        <span className="truncate font-mono text-xs text-quiet narrow:hidden">{event.type}</span>
        <span className={cn('truncate', isFault(event) && 'text-fail')}>{eventWords(event)}</span>
      </button>
      {isOpen && <Detail event={event} />}
    </>
  );
}

function Detail({ event }: { readonly event: RunEvent }) {
  const navigate = useNavigate();
  const { run } = useRun();
  const { data, error } = useQuery({
    queryKey: ['run', run.id, 'causes', event.seq],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/events/{seq}/causes', {
          params: { path: { id: run.id, seq: event.seq } },
          signal,
        }),
      ),
  });
  return (
    <div className="flex flex-col gap-2 bg-surface px-4 py-3 text-sm">
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          onClick={() => void navigate({ to: '.', search: (search) => ({ ...search, at: event.seq }) })}
        >
          Show the run as it was here
        </Button>
        {event.step !== null && (
          <Button
            size="small"
            onClick={() =>
              void navigate({ to: '.', search: (search) => ({ ...search, step: event.step ?? '' }) })
            }
          >
            See the step
          </Button>
        )}
      </div>
      {error !== null && <p className="text-fail">{faultWords(error)}</p>}
      {data !== undefined && data.items.length > 1 && (
        <section>
          <h3 className="text-xs font-medium text-quiet">What led to it</h3>
          <ol>
            {data.items.slice(1).map((cause) => (
              <li key={cause.seq} className="wrap-anywhere">
                <span className="tabular text-xs text-quiet">#{cause.seq}</span> {eventWords(cause)}
              </li>
            ))}
          </ol>
        </section>
      )}
      <JsonView value={event} label={`Event ${event.seq}`} open={2} />
    </div>
  );
}
