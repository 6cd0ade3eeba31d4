/** One entry of the conversation: who, when, what; tool calls folded, questions as forms, receipts under what people said. */
import { Link } from '@tanstack/react-router';
import { Bot, CircleHelp, Cog, User, Wrench, type LucideIcon } from 'lucide-react';
import { memo, Suspense, useState } from 'react';
import { lazyPart } from '../../api/part.ts';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { Question, RunMessage } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Copy } from '../../parts/copy.tsx';
import { Moment } from '../../parts/moment.tsx';
import { toneText } from '../../parts/status-badge.tsx';
import { QuestionCard } from '../questions/question-card.tsx';
import { useRun } from '../run-context.tsx';
import { whyNotRun } from '../steering/why-not.ts';
import { speakerOf, stepOf, type Entry, type SaidEntry, type Speaker } from './thread/entries.ts';
import { receiptOf } from './receipt.ts';
import { nameOf, ToolCall } from './tool-call.tsx';

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
  /** Numbers answer it. */
  readonly isKeyed: boolean;
}

export const EntryRow = memo(function EntryRow({ entry, isMarked, isKeyed }: EntryRowProps) {
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
        <Body entry={entry} speaker={speaker} isKeyed={isKeyed} />
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

interface BodyProps extends Pick<EntryRowProps, 'entry' | 'isKeyed'> {
  readonly speaker: Speaker;
}

function Body({ entry, speaker, isKeyed }: BodyProps) {
  if (entry.kind === 'tool') return <ToolCall entry={entry} />;
  if (entry.kind === 'said') return <Said entry={entry} />;
  if (entry.kind === 'question') return <Asked question={entry.question} isKeyed={isKeyed} />;
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

interface AskedProps {
  readonly question: Question;
  readonly isKeyed: boolean;
}

function Asked({ question, isKeyed }: AskedProps) {
  const { run, at } = useRun();
  return (
    <QuestionCard
      question={question}
      starter={run.metadata.started_by ?? null}
      why={whyNotRun('message', run, at)}
      isKeyed={isKeyed}
    />
  );
}
