/** What can be done with the chosen runs, below the list while any is chosen. */
import { Ban, Pause, Play, RotateCcw, X } from 'lucide-react';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { BULK_ACTIONS, BULK_NAMES, type BulkName } from './bulk-actions.ts';

const ICONS = { pause: Pause, resume: Play, cancel: Ban, rerun: RotateCcw } as const;

interface BulkBarProps {
  /** Null: all that fit, while their number is not known. */
  readonly count: number | null;
  readonly isAll: boolean;
  readonly total: number | null;
  readonly chooseAll: () => void;
  readonly clear: () => void;
  readonly begin: (name: BulkName) => void;
}

export default function BulkBar({ count, isAll, total, chooseAll, clear, begin }: BulkBarProps) {
  useActions([
    ...BULK_NAMES.map((name) => ({
      label: `${BULK_ACTIONS[name].label} the chosen runs`,
      group: 'Chosen runs',
      act: () => begin(name),
    })),
    { label: 'Choose none', group: 'Chosen runs', keys: 'Escape', act: clear },
  ]);
  const words = count === null ? 'All runs of this list' : `${count.toLocaleString('en')} chosen`;
  return (
    <div
      role="toolbar"
      aria-label="Chosen runs"
      className="flex flex-wrap items-center gap-2 border-t border-line-strong bg-raised px-4 py-2 narrow:px-3"
    >
      <span role="status" className="tabular text-sm font-medium">
        {words}
      </span>
      {!isAll && (
        <Button kind="quiet" size="small" onClick={chooseAll}>
          {total === null ? 'Choose all of this list' : `Choose all ${total.toLocaleString('en')}`}
        </Button>
      )}
      {BULK_NAMES.map((name) => {
        const Icon = ICONS[name];
        return (
          <Button
            key={name}
            size="small"
            kind={name === 'cancel' ? 'danger' : 'normal'}
            onClick={() => begin(name)}
          >
            <Icon className="size-3.5" aria-hidden />
            {BULK_ACTIONS[name].label}
          </Button>
        );
      })}
      <Button kind="quiet" size="icon" label="Choose none" onClick={clear}>
        <X className="size-4" aria-hidden />
      </Button>
    </div>
  );
}
