/** Two texts as one, line by line: what went and what came, with words for it beside the colours; equal stretches folded. */
import { diffLines } from 'diff';
import { useMemo, useState } from 'react';
import { counted } from '../words/figures.ts';
import { cn } from './class-names.ts';

/** Equal lines that stay beside a change. */
const CONTEXT = 3;
/** Above this many characters the comparison would hold the page up. */
const MOST_CHARACTERS = 2_000_000;

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  readonly left: number | null;
  readonly right: number | null;
}

interface DiffViewProps {
  readonly before: string;
  readonly after: string;
  /** What is compared, for screen readers. */
  readonly label: string;
}

export function DiffView({ before, after, label }: DiffViewProps) {
  const lines = useMemo(() => diffOf(before, after), [before, after]);
  if (lines === undefined) {
    return <p className="p-3 text-sm text-quiet">These texts are too large to be compared here.</p>;
  }
  if (lines.every(({ kind }) => kind === 'same'))
    return <p className="p-3 text-sm text-quiet">There is no difference.</p>;
  return (
    <div
      role="table"
      aria-label={label}
      className="overflow-auto rounded-(--radius) border border-line font-mono text-xs leading-5"
    >
      {stretches(lines).map((stretch) => (
        <Stretch key={`${stretch.lines[0]?.left} ${stretch.lines[0]?.right}`} {...stretch} />
      ))}
    </div>
  );
}

interface StretchProps {
  readonly lines: readonly DiffLine[];
  readonly folded: boolean;
}

function Stretch({ lines, folded }: StretchProps) {
  const [isOpen, setOpen] = useState(!folded);
  if (isOpen) return lines.map((line, at) => <Line key={at} {...line} />);
  return (
    <div role="row">
      <div role="cell">
        <button
          type="button"
          className="w-full bg-surface px-2 py-0.5 text-left text-quiet hover:bg-hover"
          onClick={() => setOpen(true)}
        >
          {counted(lines.length, 'equal line')}
        </button>
      </div>
    </div>
  );
}

const SIGN = { same: ' ', added: '+', removed: '−' } as const;
const SAID = { same: '', added: 'added', removed: 'removed' } as const;

function Line({ kind, text, left, right }: DiffLine) {
  return (
    <div
      role="row"
      className={cn(
        'grid min-w-max grid-cols-[3.5ch_3.5ch_2ch_1fr] gap-1 px-1',
        kind === 'added' && 'bg-done-wash',
        kind === 'removed' && 'bg-fail-wash',
      )}
    >
      <span role="cell" className="text-right text-quiet select-none">
        {left}
      </span>
      <span role="cell" className="text-right text-quiet select-none">
        {right}
      </span>
      <span role="cell" className="select-none">
        <span aria-hidden>{SIGN[kind]}</span>
        <span className="sr-only">{SAID[kind]}</span>
      </span>
      <span role="cell" className="whitespace-pre">
        {text}
      </span>
    </div>
  );
}

/** The lines of both; undefined when they are too large. */
export function diffOf(before: string, after: string): readonly DiffLine[] | undefined {
  if (before.length + after.length > MOST_CHARACTERS) return undefined;
  let left = 0;
  let right = 0;
  return diffLines(before, after).flatMap(({ value, added, removed }) => {
    const texts = value.replace(/\n$/, '').split('\n');
    return texts.map((text): DiffLine => {
      if (added) return { kind: 'added', text, left: null, right: ++right };
      if (removed) return { kind: 'removed', text, left: ++left, right: null };
      return { kind: 'same', text, left: ++left, right: ++right };
    });
  });
}

/** Changes with what stands around them, and the equal lines between, folded. */
export function stretches(lines: readonly DiffLine[]): readonly StretchProps[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  );
  const found: { lines: DiffLine[]; folded: boolean }[] = [];
  for (const [at, line] of lines.entries()) {
    const folded = near[at] === false;
    const last = found.at(-1);
    if (last?.folded === folded) last.lines.push(line);
    else found.push({ lines: [line], folded });
  }
  return found;
}
