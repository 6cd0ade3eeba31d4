/** A tool call in one line; its arguments and its result when it is opened. */
import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { cn } from '../../parts/class-names.ts';
import { JsonView } from '../../parts/json-view.tsx';
import { StatusIcon } from '../../parts/status-badge.tsx';
import type { ToolEntry } from './thread/entries.ts';

interface ToolData {
  readonly name?: string;
  readonly preview?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly is_error?: boolean;
}

export function nameOf({ call }: ToolEntry): string {
  return (call.data as ToolData).name ?? 'a tool';
}

export function ToolCall({ entry }: { readonly entry: ToolEntry }) {
  const [isOpen, setOpen] = useState(false);
  const call = entry.call.data as ToolData;
  const response = entry.response?.data as ToolData | undefined;
  const isWrong = response?.is_error === true;
  return (
    <div className="text-sm">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-6 w-full items-center gap-1.5 text-left hover:text-ink"
      >
        <ChevronRight className={cn('size-3.5 shrink-0 text-quiet', isOpen && 'rotate-90')} aria-hidden />
        {response === undefined ? (
          <StatusIcon sign="runs" className="text-run" />
        ) : isWrong ? (
          <StatusIcon sign="failed" className="text-fail" />
        ) : (
          <StatusIcon sign="done" className="text-done" />
        )}
        <span className="font-mono text-xs font-medium">{nameOf(entry)}</span>
        <span className={cn('truncate', isWrong ? 'text-fail' : 'text-quiet')}>
          {entry.comment ?? call.preview}
        </span>
        <span className="sr-only">{response === undefined ? 'under way' : isWrong ? 'failed' : 'done'}</span>
      </button>
      {isOpen && (
        <div className="mt-1 ml-5 flex flex-col gap-2">
          <Part name="Arguments" value={whole(call.input) ?? call.preview} />
          {response !== undefined && (
            <Part
              name={isWrong ? 'Error' : 'Result'}
              value={whole(response.output) ?? response.preview}
              blob={blobOf(response.output)}
            />
          )}
        </div>
      )}
    </div>
  );
}

interface PartProps {
  readonly name: string;
  readonly value: unknown;
  readonly blob?: string | undefined;
}

function Part({ name, value, blob }: PartProps): ReactNode {
  return (
    <figure>
      <figcaption className="flex items-center gap-2 text-xs text-quiet">
        {name}
        {blob !== undefined && (
          <a href={`/api/v1/blobs/${blob}`} target="_blank" rel="noopener" className="text-accent underline">
            whole
          </a>
        )}
      </figcaption>
      {typeof value === 'string' ? (
        <pre
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-(--radius) border border-line bg-surface p-2 text-xs whitespace-pre-wrap wrap-anywhere"
        >
          {value}
        </pre>
      ) : (
        <JsonView value={value} label={name} open={2} />
      )}
    </figure>
  );
}

function whole(stored: unknown): unknown {
  return typeof stored === 'object' && stored !== null && 'value' in stored ? stored.value : undefined;
}

function blobOf(stored: unknown): string | undefined {
  const { ref } = (stored ?? {}) as { readonly ref?: { readonly $blob?: string } };
  return ref?.$blob;
}
