/** A step in the graph: what it is and how it stands; from afar a box of its colour with its icon. */
import { Handle, Position, useStore, type Node, type NodeProps } from '@xyflow/react';
import { Minus, PencilLine, Plus } from 'lucide-react';
import { memo } from 'react';
import type { Step } from '../../api/generated.ts';
import { cn } from '../../parts/class-names.ts';
import { Elapsed } from '../../parts/moment.tsx';
import { StatusIcon, toneText, toneWash } from '../../parts/status-badge.tsx';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { counted } from '../../words/figures.ts';
import type { Words } from '../../words/status.ts';

/** Below this nothing can be read. */
const FAR = 0.45;

/** What a proposed edit of the plan would do to a step. */
export type StepChange = 'added' | 'removed' | 'changed';

export interface StepData extends Record<string, unknown> {
  readonly title: string;
  readonly kind: string;
  /** Null: of a definition, which has no state. */
  readonly words: Words | null;
  readonly step: Pick<Step, 'started_at' | 'completed_at' | 'attempt'> | null;
  /** Of a group: how many steps it stands for. */
  readonly count: number;
  readonly mark: 'none' | 'chosen' | 'near' | 'far';
  readonly change: StepChange | null;
}

export type StepNodeType = Node<StepData, 'step'>;

const isFar = ({ transform: [, , zoom] }: { readonly transform: readonly [number, number, number] }) =>
  zoom < FAR;

export const StepNode = memo(function StepNode({ data }: NodeProps<StepNodeType>) {
  const { words, mark, change } = data;
  const far = useStore(isFar);
  const tone = words?.tone ?? 'idle';
  return (
    <div
      className={cn(
        'flex h-16 w-54 flex-col justify-center gap-0.5 rounded-lg border bg-raised px-3 text-left',
        words === null ? 'border-line-strong' : ['border-current/40', toneText(tone)],
        far && toneWash(tone),
        mark === 'chosen' && 'outline-3 outline-accent',
        mark === 'far' && 'opacity-35',
        change === 'added' && 'border-dashed border-done',
        change === 'removed' && 'border-dashed border-fail',
        change === 'changed' && 'border-dashed border-need',
        data.count > 1 && 'shadow-[3px_3px_0_var(--line)]',
      )}
    >
      <Handle
        type="target"
        position={Position.Top}
        isConnectable={false}
        className="!size-0 !min-w-0 !border-0"
      />
      {far ? <Afar words={words} count={data.count} change={change} /> : <Near data={data} />}
      <Handle
        type="source"
        position={Position.Bottom}
        isConnectable={false}
        className="!size-0 !min-w-0 !border-0"
      />
    </div>
  );
});

function Afar({ words, count, change }: Pick<StepData, 'words' | 'count' | 'change'>) {
  return (
    <span className="flex items-center justify-center gap-2 text-2xl font-semibold">
      {words !== null && <StatusIcon sign={words.sign} className="size-9" />}
      {count > 1 && `×${count}`}
      {change === 'added' && <Plus className="size-9 text-done" aria-hidden />}
    </span>
  );
}

function Near({ data: { title, kind, words, step, count, change } }: { readonly data: StepData }) {
  return (
    <>
      <span className="flex items-center gap-1.5">
        <KindIcon kind={kind} className="text-quiet" />
        <span className={cn('truncate text-sm font-medium text-ink', change === 'removed' && 'line-through')}>
          {count > 1 ? counted(count, 'finished step') : title}
        </span>
      </span>
      <span className="flex items-center gap-1.5 text-xs">
        {words !== null && change === null && (
          <>
            <StatusIcon sign={words.sign} />
            <span className="truncate">{words.text}</span>
          </>
        )}
        {change !== null && (
          <span className="flex items-center gap-1 text-quiet no-underline">
            <ChangeIcon change={change} />
            would be {change}
          </span>
        )}
        {step?.started_at != null && (
          <span className="ml-auto text-quiet">
            <Elapsed from={step.started_at} until={step.completed_at} />
          </span>
        )}
      </span>
    </>
  );
}

function ChangeIcon({ change }: { readonly change: StepChange }) {
  const Icon = { added: Plus, removed: Minus, changed: PencilLine }[change];
  return <Icon className="size-3.5 shrink-0" strokeWidth={2.5} aria-hidden />;
}
