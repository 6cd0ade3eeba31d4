/** The axis above the rows: its marks, what is folded, pauses and new starts; dragging along it chooses a stretch. */
import { Pause as PauseIcon, RotateCw } from 'lucide-react';
import { useState, type PointerEvent } from 'react';
import { usePreferences, zoneOf } from '../../app/preferences.ts';
import { Tip } from '../../parts/tip.tsx';
import { durationWords } from '../../words/figures.ts';
import { clockWords } from '../../words/time.ts';
import { overlaps, ticksOf, type Range, type Stretch } from './axis.ts';
import type { Marks } from './marks.ts';

/** Less of the axis than this was no drag. */
const LEAST = 0.01;

interface AxisHeadProps {
  readonly range: Range;
  readonly stretches: readonly Stretch[];
  readonly place: (time: number) => number;
  readonly timeAt: (place: number) => number;
  readonly marks: Marks;
  readonly onChoose: (range: Range) => void;
}

export function AxisHead({ range, stretches, place, timeAt, marks, onChoose }: AxisHeadProps) {
  const [dragged, setDragged] = useState<readonly [number, number]>();
  const at = ({ currentTarget, clientX }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - box.left) / box.width));
  };
  const end = () => {
    setDragged(undefined);
    const [left = 0, right = 0] = (dragged ?? []).toSorted((a, b) => a - b);
    if (right - left >= LEAST) onChoose({ from: Math.round(timeAt(left)), until: Math.round(timeAt(right)) });
  };
  return (
    <div
      data-axis
      className="absolute inset-0 cursor-crosshair touch-pan-y select-none"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged([at(event), at(event)]);
      }}
      onPointerMove={(event) => dragged !== undefined && setDragged([dragged[0], at(event)])}
      onPointerUp={end}
      onPointerCancel={() => setDragged(undefined)}
    >
      <Ticks range={range} stretches={stretches} place={place} />
      <MarkSigns marks={marks} range={range} place={place} />
      {dragged !== undefined && (
        <span
          className="absolute inset-y-0 z-1 border-x border-accent bg-accent/20"
          style={{
            left: `${Math.min(...dragged) * 100}%`,
            width: `${Math.abs(dragged[1] - dragged[0]) * 100}%`,
          }}
        />
      )}
    </div>
  );
}

function Ticks({ range, stretches, place }: Pick<AxisHeadProps, 'range' | 'stretches' | 'place'>) {
  const zone = zoneOf(usePreferences());
  const folded = stretches.filter(({ isFolded }) => isFolded);
  return (
    <>
      {ticksOf(range)
        .filter((tick) => !folded.some(({ from, until }) => tick > from && tick < until))
        .map((tick, at) => (
          <span
            key={tick}
            className="absolute top-0 h-full border-l border-line pt-1 pl-1 whitespace-nowrap"
            style={{ left: `${place(tick) * 100}%` }}
          >
            {/* On phones there is room for every third. */}
            <span className={at % 3 === 0 ? undefined : 'narrow:hidden'}>
              {tick === range.from
                ? clockWords(new Date(tick).toISOString(), zone, tick)
                : `+${durationWords((tick - range.from) / 1000)}`}
            </span>
          </span>
        ))}
      {folded.map(({ from, until }) => (
        <span
          key={from}
          className="absolute top-0 z-1 h-full -translate-x-1/2 rounded-sm bg-hover px-1 pt-1 whitespace-nowrap"
          style={{ left: `${((place(from) + place(until)) / 2) * 100}%` }}
        >
          {durationWords((until - from) / 1000)} idle
        </span>
      ))}
    </>
  );
}

function MarkSigns({ marks, range, place }: Pick<AxisHeadProps, 'marks' | 'range' | 'place'>) {
  const zone = zoneOf(usePreferences());
  const clock = (time: number) => clockWords(new Date(time).toISOString(), zone, time);
  const pauses = marks.pauses
    .filter((pause) => overlaps(pause, range))
    .map(({ seq, from, until, isOpen, by, reason }) => ({
      seq,
      at: Math.max(from, range.from),
      icon: PauseIcon,
      words: `Paused${by === null ? '' : ` by ${by}`} at ${clock(from)}, ${isOpen ? 'still' : 'for'} ${durationWords((until - from) / 1000)}${reason === null ? '' : `: ${reason}`}`,
    }));
  const starts = marks.starts
    .filter(({ at }) => at >= range.from && at <= range.until)
    .map(({ seq, at, words, by }) => ({
      seq,
      at,
      icon: RotateCw,
      words: `The run was ${words}${by === null ? '' : ` by ${by}`} at ${clock(at)}`,
    }));
  return [...pauses, ...starts].map(({ seq, at, icon: Icon, words }) => (
    <Tip key={seq} text={words}>
      <span
        role="img"
        tabIndex={0}
        aria-label={words}
        className="absolute bottom-0 z-2 size-3.5 -translate-x-1/2 rounded-full bg-pause-wash text-pause"
        style={{ left: `${place(at) * 100}%` }}
      >
        <Icon className="size-3.5" aria-hidden />
      </span>
    </Tip>
  ));
}
