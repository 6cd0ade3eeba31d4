/**
 * A JSON value as a tree that opens where one looks: by arrow keys and by clicks. What is very long is cut until it is
 * asked for, so that no value makes the page stand still. Paths and values can be copied.
 */
import { ChevronRight } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { counted } from '../words/figures.ts';
import { cn } from './class-names.ts';
import { Copy } from './copy.tsx';

/** Members that are shown at once. */
const PAGE = 100;
const LONG_TEXT = 600;

interface JsonViewProps {
  readonly value: unknown;
  /** What it is, for screen readers, such as `Output`. */
  readonly label: string;
  /** How many levels stand open at first. */
  readonly open?: number;
}

export function JsonView({ value, label, open = 2 }: JsonViewProps) {
  return (
    <div role="tree" aria-label={label} className="overflow-auto font-mono text-xs leading-5">
      <Node name={undefined} value={value} path="$" depth={0} open={open} />
    </div>
  );
}

interface NodeProps {
  readonly name: string | undefined;
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
  readonly open: number;
}

function Node({ name, value, path, depth, open }: NodeProps) {
  const [isOpen, setOpen] = useState(depth < open);
  const [shown, setShown] = useState(PAGE);
  const members = membersOf(value);
  const isBranch = members !== undefined && members.length > 0;
  return (
    <div
      role="treeitem"
      aria-expanded={isBranch ? isOpen : undefined}
      aria-selected={false}
      tabIndex={depth === 0 ? 0 : -1}
      onKeyDown={(event) => walk(event, isBranch, isOpen, setOpen)}
      className="rounded-sm"
    >
      <div className="group flex items-start gap-1" style={{ paddingInlineStart: `${depth * 0.9}rem` }}>
        <button
          type="button"
          tabIndex={-1}
          aria-hidden
          className={cn('mt-0.5 size-4 shrink-0', !isBranch && 'invisible')}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronRight className={cn('size-3.5 text-quiet', isOpen && 'rotate-90')} />
        </button>
        {name !== undefined && <span className="shrink-0 text-quiet">{name}:</span>}
        <Value value={value} members={members} isOpen={isOpen} />
        <span className="h-5 opacity-0 group-hover:opacity-100 focus-within:opacity-100">
          <Copy text={() => asText(value)} what={`the value of ${path}`} />
        </span>
      </div>
      {isBranch && isOpen && (
        <div role="group">
          {members.slice(0, shown).map(([key, member]) => (
            <Node
              key={key}
              name={key}
              value={member}
              path={pathOf(path, key, value)}
              depth={depth + 1}
              open={open}
            />
          ))}
          {members.length > shown && (
            <button
              type="button"
              className="min-h-6 text-accent underline"
              style={{ marginInlineStart: `${(depth + 1) * 0.9 + 1.25}rem` }}
              onClick={() => setShown(shown + PAGE * 5)}
            >
              {counted(members.length - shown, 'more member')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface ValueProps {
  readonly value: unknown;
  readonly members: readonly (readonly [string, unknown])[] | undefined;
  readonly isOpen: boolean;
}

function Value({ value, members, isOpen }: ValueProps) {
  const [whole, setWhole] = useState(false);
  if (members !== undefined) {
    const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    if (members.length === 0) return <span>{`${start}${end}`}</span>;
    return (
      <span className="text-quiet">
        {isOpen ? start : `${start} ${counted(members.length, 'member')} ${end}`}
      </span>
    );
  }
  if (typeof value !== 'string')
    return <span className="wrap-anywhere text-run">{String(value as number)}</span>;
  const isCut = value.length > LONG_TEXT && !whole;
  return (
    <span className="wrap-anywhere whitespace-pre-wrap text-done">
      {isCut ? `"${value.slice(0, LONG_TEXT)}…` : `"${value}"`}
      {isCut && (
        <button type="button" className="ml-1 min-h-6 text-accent underline" onClick={() => setWhole(true)}>
          all {value.length.toLocaleString('en')} characters
        </button>
      )}
    </span>
  );
}

/** Arrows open, close and go on, as in every tree. */
function walk(
  event: KeyboardEvent<HTMLDivElement>,
  isBranch: boolean,
  isOpen: boolean,
  setOpen: (open: boolean) => void,
): void {
  if (event.target !== event.currentTarget) return;
  const item = event.currentTarget;
  const items = [
    ...(item.closest('[role="tree"]')?.querySelectorAll<HTMLElement>('[role="treeitem"]') ?? []),
  ];
  const next = (by: number) => items[items.indexOf(item) + by]?.focus();
  const parent = () => item.parentElement?.closest<HTMLElement>('[role="treeitem"]')?.focus();
  const steps: Readonly<Record<string, () => void>> = {
    ArrowDown: () => next(1),
    ArrowUp: () => next(-1),
    ArrowRight: () => (isBranch && !isOpen ? setOpen(true) : next(1)),
    ArrowLeft: () => (isBranch && isOpen ? setOpen(false) : parent()),
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  step();
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value);
}

function pathOf(path: string, key: string, parent: unknown): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
