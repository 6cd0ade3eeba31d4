/** A node in the list: how it is, what it can, what it has cost and lost. A card on a phone. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Node } from '../api/generated.ts';
import type { RowProps } from '../parts/list-beside-chosen.tsx';
import { Bar } from '../parts/bar.tsx';
import { cn } from '../parts/class-names.ts';
import { Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { counted } from '../words/figures.ts';
import { Abilities } from './abilities.tsx';
import { lossWords, medianWords, nodeWords, priceWords } from './node-words.ts';

export function NodeRow({ item: node, isChosen, link }: RowProps<Node>) {
  const { id, used, slots, price, seconds, losses, seen_at: seen, address } = node;
  return (
    <li
      className={cn(
        'relative flex flex-col gap-2 border-b border-line px-4 py-3 hover:bg-hover',
        isChosen && 'bg-accent-wash hover:bg-accent-wash',
      )}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          to="/nodes"
          search={(search) => ({ ...search, node: id })}
          ref={link}
          aria-current={isChosen}
          className="font-semibold wrap-anywhere after:absolute after:inset-0"
        >
          {id}
        </Link>
        <StatusBadge words={nodeWords(node)} />
        <span className="flex-1" />
        <Slots used={used} slots={slots} />
      </div>
      <Abilities node={node} />
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-xs">
        <Figure name="Price">{priceWords(price)}</Figure>
        <Figure name="Usually takes">{medianWords(seconds)}</Figure>
        <Figure name="Lost" isBad={losses > 0}>
          {lossWords(losses)}
        </Figure>
        {address === null ? (
          <Figure name="Heard">
            <Moment at={seen} />
          </Figure>
        ) : (
          <Figure name="Called at">{address}</Figure>
        )}
      </dl>
    </li>
  );
}

/** How many of its slots are taken, as a bar and in words. */
export function Slots({ used, slots }: { readonly used: number; readonly slots: number }) {
  return (
    <span className="tabular flex items-center gap-2 text-sm">
      {/* A node may have been given fewer slots while it was at more. */}
      <Bar share={used / Math.max(1, slots)} />
      {used} of {counted(slots, 'slot')}
    </span>
  );
}

interface FigureProps {
  readonly name: string;
  readonly isBad?: boolean;
  readonly children: ReactNode;
}

function Figure({ name, isBad = false, children }: FigureProps) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-quiet">{name}</dt>
      <dd className={cn('tabular wrap-anywhere', isBad && 'font-medium text-fail')}>{children}</dd>
    </div>
  );
}
