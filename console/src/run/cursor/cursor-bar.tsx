/** The time cursor: everything on the page shows the run as it was after the event at which it stands. */
import { useNavigate } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, GitFork, History } from 'lucide-react';
import { useActions } from '../../app/actions.ts';
import { usePreferences, zoneOf } from '../../app/preferences.ts';
import { Button } from '../../parts/button.tsx';
import { exactWords } from '../../words/time.ts';

interface CursorBarProps {
  readonly runId: string;
  /** Where it stands; undefined: at now. */
  readonly at: number | undefined;
  /** When that was; undefined while it is not known. */
  readonly time: number | undefined;
  /** The newest event. */
  readonly last: number;
}

export function CursorBar({ runId, at, time, last }: CursorBarProps) {
  const navigate = useNavigate();
  const zone = zoneOf(usePreferences());
  const move = (to: number | undefined) =>
    void navigate({
      to: '.',
      replace: true,
      search: ({ at: _at, ...search }) =>
        to === undefined || to >= last ? search : { ...search, at: Math.max(1, to) },
    });
  const now = at ?? last;
  useActions([
    { label: 'One event back', group: 'Time', keys: '<', act: () => move(now - 1) },
    { label: 'One event on', group: 'Time', keys: '>', act: () => move(now + 1) },
    { label: 'Now', group: 'Time', keys: 'End', act: () => move(undefined) },
  ]);
  if (at === undefined) return null;
  const fork = () =>
    void navigate({
      to: '/runs/$id/$tab',
      params: { id: runId, tab: 'checkpoints' },
      search: (search) => search,
    });
  return (
    <div
      role="group"
      aria-label="Time"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-pause-wash px-4 py-1.5 text-sm"
    >
      <History className="size-4 text-pause" aria-hidden />
      <Button size="icon" className="size-7" label="One event back" shortcut="<" onClick={() => move(at - 1)}>
        <ChevronLeft className="size-4" aria-hidden />
      </Button>
      <input
        type="range"
        min={1}
        max={last}
        value={at}
        aria-label="Event"
        aria-valuetext={`event ${at} of ${last}`}
        onChange={({ target }) => move(Number(target.value))}
        className="min-w-32 flex-1 accent-(--pause)"
      />
      <Button size="icon" className="size-7" label="One event on" shortcut=">" onClick={() => move(at + 1)}>
        <ChevronRight className="size-4" aria-hidden />
      </Button>
      <span className="tabular text-ink">
        As it was {time === undefined ? '…' : exactWords(new Date(time).toISOString(), zone)}, event {at} of{' '}
        {last}
      </span>
      <Button size="small" onClick={fork}>
        <GitFork className="size-3.5" aria-hidden />
        Fork from here
      </Button>
      <Button size="small" kind="primary" shortcut="End" onClick={() => move(undefined)}>
        Now
      </Button>
    </div>
  );
}
