/** One entry of the conversation: who, when, what; tool calls folded, questions as forms, receipts under what people said. */
import { Link } from '@tanstack/react-router';
import { Bot, ChevronRight, CircleHelp, Cog, User, Wrench, type LucideIcon } from 'lucide-react';
import { memo, Suspense, useState, type ReactNode } from 'react';
import { lazyPart } from '../../api/part.ts';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { RunMessage } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Copy } from '../../parts/copy.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { StatusIcon, toneText } from '../../parts/status-badge.tsx';
import { QuestionCard } from '../questions/question-card.tsx';
import { useRun } from '../run-context.tsx';
import { whyNotRun } from '../steering/why-not.ts';
import { stepOf, type Entry, type SaidEntry, type Speaker, type ToolEntry } from './entries.ts';
import { speakerOf } from './entries.ts';
import { receiptOf } from './receipt.ts';

const Markdown = lazyPart(() => import('../../parts/markdown.tsx'));

const ICONS: Readonly<Record<Speaker, LucideIcon>> = {
  people: User,
  agents: Bot,
  baton: Cog,
  tools: Wrench,
  questions: CircleHelp,
};

/** So much of an entry is shown before somebody asks for more. */
const MOST_CHARACTERS = 4_000;

interface EntryRowProps {
  readonly entry: Entry;
  /** A link has led to it. */
  readonly isMarked: boolean;
}

export const EntryRow = memo(function EntryRow({ entry, isMarked }: EntryRowProps) {
  const speaker = speakerOf(entry);
  const Icon = ICONS[speaker];
  return (
    <article
      aria-label={labelOf(entry)}
      className={cn(
        'group flex gap-2.5 px-4 py-1.5',
        speaker === 'people' && 'bg-accent-wash',
        speaker === 'questions' &&
          entry.kind === 'question' &&
          entry.question.status === 'open' &&
          'bg-need-wash',
        isMarked && 'outline-2 -outline-offset-2 outline-accent',
      )}
    >
      <Icon
        className={cn('mt-1 size-4 shrink-0', speaker === 'questions' ? 'text-need' : 'text-quiet')}
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        <Body entry={entry} speaker={speaker} />
      </div>
      <Meta entry={entry} />
    </article>
  );
});

function labelOf(entry: Entry): string {
  if (entry.kind === 'tool') return `Tool call ${nameOf(entry)}`;
  if (entry.kind === 'question') return `Question of ${entry.question.step}`;
  if (entry.kind === 'said') return `${entry.event.step ?? 'Agent'} says`;
  return `${entry.message.author ?? entry.message.message_type} says`;
}

function Meta({ entry }: { readonly entry: Entry }) {
  const step = stepOf(entry);
  const at =
    entry.kind === 'tool' ? entry.call.at : entry.kind === 'said' ? entry.event.at : entry.message.created_at;
  return (
    <span className="flex shrink-0 items-start gap-2 text-xs leading-6 text-quiet narrow:flex-col narrow:items-end narrow:gap-0">
      {step !== null && (
        <Link
          to="."
          search={(search) => ({ ...search, step })}
          className="max-w-32 truncate font-mono hover:text-ink hover:underline"
        >
          {step}
        </Link>
      )}
      <Moment at={at} as="clock" />
      <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 narrow:hidden">
        <Copy what="a link to this entry" text={() => linkTo(entry.seq)} />
      </span>
    </span>
  );
}

function linkTo(seq: number): string {
  const url = new URL(location.href);
  url.searchParams.set('entry', String(seq));
  return url.href;
}

function Body({ entry, speaker }: { readonly entry: Entry; readonly speaker: Speaker }) {
  if (entry.kind === 'tool') return <Tool entry={entry} />;
  if (entry.kind === 'said') return <Said entry={entry} />;
  if (entry.kind === 'question') return <Asked entry={entry} />;
  return <Message message={entry.message} speaker={speaker} />;
}

function Message({ message, speaker }: { readonly message: RunMessage; readonly speaker: Speaker }) {
  const { content, author: by, action_type: action, metadata } = message;
  return (
    <div>
      {speaker === 'people' && (
        <p className="text-xs font-medium text-quiet">
          {by ?? 'Somebody'}
          {action !== null && action !== 'comment' && ` · ${action}`}
          {metadata.target !== undefined && ` to ${metadata.target}`}
        </p>
      )}
      <Text text={content ?? ''} isQuiet={speaker === 'baton'} />
      {metadata.context !== undefined && <Text text={metadata.context} isQuiet={false} />}
      {speaker === 'people' && <ReceiptLine message={message} />}
    </div>
  );
}

/** As it was said; Markdown where somebody wrote it so. */
function Text({ text, isQuiet }: { readonly text: string; readonly isQuiet: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? text : text.slice(0, MOST_CHARACTERS);
  const isRich = /\n|\*\*|`|^#|^[-*] /m.test(shown) && shown.length < 100_000;
  return (
    <div className={cn('text-sm wrap-anywhere', isQuiet && 'text-quiet')}>
      {isRich ? (
        <Suspense fallback={<p className="whitespace-pre-wrap">{shown}</p>}>
          <Markdown text={shown} />
        </Suspense>
      ) : (
        <p className="whitespace-pre-wrap">{shown}</p>
      )}
      {text.length > shown.length && (
        <Button kind="quiet" size="small" onClick={() => setWhole(true)}>
          All {text.length.toLocaleString('en')} characters
        </Button>
      )}
    </div>
  );
}

function ReceiptLine({ message }: { readonly message: RunMessage }) {
  const { run, at } = useRun();
  const receipt = receiptOf(message);
  const withdraw = useCommand({
    done: 'Withdrawn',
    runId: run.id,
    send: () =>
      answerOf(
        api.DELETE('/api/v1/runs/{id}/messages/{message_id}', {
          params: {
            path: { id: run.id, message_id: message.message_id ?? String(message.seq) },
            query: author(),
          },
        }),
      ),
  });
  if (receipt === null) return null;
  return (
    <p className={cn('flex items-center gap-2 text-xs', toneText(receipt.tone))}>
      {receipt.text}
      {receipt.isUnread && (
        <Button
          kind="quiet"
          size="small"
          className="h-6"
          why={whyNotRun('message', run, at)}
          onClick={() => withdraw.mutate()}
        >
          Withdraw
        </Button>
      )}
    </p>
  );
}

function Said({ entry: { event } }: { readonly entry: SaidEntry }) {
  return <Text text={(event.data as { readonly preview?: string }).preview ?? ''} isQuiet={false} />;
}

function Asked({ entry: { question } }: { readonly entry: Extract<Entry, { readonly kind: 'question' }> }) {
  const { run, at } = useRun();
  return (
    <QuestionCard
      question={question}
      starter={run.metadata.started_by ?? null}
      why={whyNotRun('message', run, at)}
    />
  );
}

interface ToolData {
  readonly name?: string;
  readonly preview?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly is_error?: boolean;
}

function nameOf({ call }: ToolEntry): string {
  return (call.data as ToolData).name ?? 'a tool';
}

/** One line; the arguments and the result when it is opened. */
function Tool({ entry }: { readonly entry: ToolEntry }) {
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
