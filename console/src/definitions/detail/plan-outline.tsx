/** The steps of a plan by level, as an outline: what can run beside what. Also of a draft that is being written. */
import { memo, useState } from 'react';
import { counted } from '../../words/figures.ts';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { levelsOf, type Level, type LeveledStep } from './levels.ts';

/** Steps of a level that are shown at once, and levels. */
const ROOM = 24;
const LEVELS = 60;

interface OutlineProps {
  readonly steps: readonly LeveledStep[];
  /** Left out: the steps are only shown. */
  readonly onChoose?: (key: string) => void;
  /** A few words on steps, by key. */
  readonly notes?: ReadonlyMap<string, string>;
}

const NO_NOTES: ReadonlyMap<string, string> = new Map();

/** Drawn anew only for other steps: beside a text it stands still while somebody types. */
export const PlanOutline = memo(function PlanOutline({ steps, onChoose, notes = NO_NOTES }: OutlineProps) {
  const [isWhole, setWhole] = useState(false);
  const levels = levelsOf(steps);
  const shown = isWhole ? levels : levels.slice(0, LEVELS);
  return (
    <ol aria-label="Steps by level" className="flex flex-col rounded-lg border border-line">
      {shown.map((level) => (
        <LevelRow key={level.level} {...level} onChoose={onChoose} notes={notes} />
      ))}
      {levels.length > shown.length && (
        <li>
          <More text={counted(levels.length - shown.length, 'more level')} onClick={() => setWhole(true)} />
        </li>
      )}
    </ol>
  );
});

function More({ text, onClick }: { readonly text: string; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      className="rounded-(--radius) px-2 py-1 text-xs text-accent underline"
      onClick={onClick}
    >
      {text}
    </button>
  );
}

interface LevelProps extends Level {
  readonly onChoose: ((key: string) => void) | undefined;
  readonly notes: ReadonlyMap<string, string>;
}

function LevelRow({ level, steps, onChoose, notes }: LevelProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? steps : steps.slice(0, ROOM);
  return (
    <li className="flex gap-3 border-b border-line px-3 py-2 last:border-b-0">
      <span className="tabular w-5 shrink-0 pt-1 text-right text-xs text-quiet">
        <span className="sr-only">Level </span>
        {level + 1}
      </span>
      <ul className="flex min-w-0 flex-1 flex-wrap gap-1.5">
        {shown.map((step) => (
          <li key={step.key} className="max-w-full">
            <StepChip step={step} onChoose={onChoose} note={notes.get(step.key)} />
          </li>
        ))}
        {steps.length > shown.length && (
          <li>
            <More text={counted(steps.length - shown.length, 'more step')} onClick={() => setWhole(true)} />
          </li>
        )}
      </ul>
    </li>
  );
}

interface ChipProps {
  readonly step: LeveledStep;
  readonly onChoose: LevelProps['onChoose'];
  readonly note: string | undefined;
}

function StepChip({ step, onChoose, note }: ChipProps) {
  const { key, title, kind, dependencies } = step;
  const look =
    'inline-flex max-w-full items-center gap-1.5 rounded-(--radius) border border-line bg-raised px-2 py-1 text-xs';
  const told = dependencies.length === 0 ? title : `${title}, after ${dependencies.slice(0, 8).join(', ')}`;
  const words = (
    <>
      <KindIcon kind={kind} className="text-quiet" />
      <span className="truncate">{key}</span>
      {note !== undefined && <span className="whitespace-nowrap text-quiet">{note}</span>}
    </>
  );
  if (onChoose === undefined) {
    return (
      <span className={look} title={told}>
        {words}
      </span>
    );
  }
  return (
    <button type="button" className={`${look} hover:bg-hover`} title={told} onClick={() => onChoose(key)}>
      {words}
    </button>
  );
}
