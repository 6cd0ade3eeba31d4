/** What waits for people, over all runs: a list, and beside it what is asked, answered in place. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, CircleHelp, PlugZap } from 'lucide-react';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { api, dataOf } from '../api/client.ts';
import { openQuestionsQuery, runQuery } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import { cn } from '../parts/class-names.ts';
import { Moment, useNow } from '../parts/moment.tsx';
import { Empty, Fault, SkeletonRows } from '../parts/states.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { counted } from '../words/figures.ts';
import { runWords } from '../words/status.ts';
import { QuestionCard } from '../run/questions/question-card.tsx';
import { inboxOf, type InboxItem } from './order.ts';

const route = getRouteApi('/inbox');

export function InboxPage() {
  useTitle('Inbox');
  const { question, run } = route.useSearch();
  const navigate = useNavigate();
  const { items, error, retry } = useInbox();
  const at = Math.max(0, items?.findIndex((item) => item.id === `${run} ${question}`) ?? 0);
  const isOpen = question !== undefined;
  const open = (item: InboxItem | undefined) => {
    if (item === undefined) return void navigate({ to: '/inbox', replace: true });
    void navigate({
      to: '/inbox',
      replace: true,
      search: { run: item.runId, question: item.id.slice(item.runId.length + 1) },
    });
  };
  useActions([
    {
      label: 'Next',
      group: 'Inbox',
      keys: 'j',
      act: () => open(items?.[at + (isOpen ? 1 : 0)] ?? items?.[at]),
    },
    { label: 'Previous', group: 'Inbox', keys: 'k', act: () => open(items?.[Math.max(0, at - 1)]) },
  ]);
  if (items === undefined) return error === null ? <SkeletonRows /> : <Fault error={error} retry={retry} />;
  // On a desk something is always open; on a phone the list comes first.
  const chosen = isOpen ? items.find((item) => item.id === `${run} ${question}`) : undefined;
  const beside = chosen ?? (isOpen ? undefined : items[0]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="border-b border-line px-4 py-3">
        <h1 className="text-xl font-semibold">Inbox</h1>
        <p className="text-sm text-quiet">
          {items.length === 0
            ? 'What runs ask of people, and runs that cannot go on by themselves.'
            : `${counted(items.length, 'thing waits', 'things wait')} for somebody.`}
        </p>
      </header>
      {items.length === 0 && !isOpen ? (
        <Empty title="Nobody waits for you">
          When a run asks something, or stands still, it stands here.
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <List items={items} chosen={beside?.id} isHidden={isOpen} open={open} />
          <section
            aria-label="What is asked"
            className={cn('min-w-0 flex-1 overflow-auto p-4', !isOpen && 'narrow:hidden')}
          >
            {isOpen && (
              <Button
                kind="quiet"
                size="small"
                className="mb-2 hidden narrow:inline-flex"
                onClick={() => open(undefined)}
              >
                <ArrowLeft className="size-3.5" aria-hidden /> All
              </Button>
            )}
            {beside === undefined ? (
              <Empty title="It does not wait any more">Somebody has answered, or the run has ended.</Empty>
            ) : (
              <Detail key={beside.id} item={beside} onAnswered={() => open(items[at + 1] ?? items[at - 1])} />
            )}
          </section>
        </div>
      )}
    </div>
  );
}

function useInbox() {
  const now = useNow();
  const queries = useQueryClient();
  const questions = useQuery(openQuestionsQuery());
  const stuck = useQuery({
    queryKey: ['runs', 'stuck'],
    refetchInterval: 5_000,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs', {
          params: { query: { waiting: 'limit,hang,worker,node', limit: 100 } },
          signal,
        }),
      ),
  });
  const items =
    questions.data === undefined || stuck.data === undefined
      ? undefined
      : inboxOf(questions.data.items, stuck.data.items, now);
  const retry = () => void queries.invalidateQueries();
  return { items, error: questions.error ?? stuck.error, retry };
}

interface ListProps {
  readonly items: readonly InboxItem[];
  readonly chosen: string | undefined;
  readonly isHidden: boolean;
  readonly open: (item: InboxItem) => void;
}

function List({ items, chosen, isHidden, open }: ListProps) {
  return (
    <ul
      aria-label="What waits"
      className={cn(
        'w-96 shrink-0 overflow-auto border-r border-line narrow:w-full narrow:border-r-0',
        isHidden && 'narrow:hidden',
      )}
    >
      {items.map((item) => (
        <li key={item.id} className="border-b border-line">
          <button
            type="button"
            aria-current={item.id === chosen}
            onClick={() => open(item)}
            className={cn(
              'flex w-full gap-2.5 px-4 py-2.5 text-left hover:bg-hover',
              item.id === chosen && 'bg-accent-wash hover:bg-accent-wash',
            )}
          >
            {item.kind === 'question' ? (
              <CircleHelp className="mt-0.5 size-4 shrink-0 text-need" aria-label="Question" role="img" />
            ) : (
              <PlugZap className="mt-0.5 size-4 shrink-0 text-need" aria-label="Stuck" role="img" />
            )}
            <span className="min-w-0 flex-1">
              <span className="flex gap-2 text-xs text-quiet">
                <span className="truncate">{item.workflow}</span>
                <span className="flex-1" />
                <Moment at={item.since} />
              </span>
              <span className="line-clamp-2 text-sm wrap-anywhere">{item.text}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface DetailProps {
  readonly item: InboxItem;
  readonly onAnswered: () => void;
}

function Detail({ item, onAnswered }: DetailProps) {
  const { data: run } = useQuery(runQuery(item.runId));
  const step = item.kind === 'question' ? item.question.step : null;
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Link
          to="/runs/$id"
          params={{ id: item.runId }}
          className="font-semibold wrap-anywhere hover:underline"
        >
          {item.runId}
        </Link>
        {run !== undefined && <StatusBadge words={runWords(run)} />}
        {step !== null && (
          <Link
            to="/runs/$id/$tab"
            params={{ id: item.runId, tab: 'conversation' }}
            search={{ step }}
            className="font-mono text-xs text-accent underline"
          >
            {step}
          </Link>
        )}
        <span className="text-quiet">
          waits <Moment at={item.since} />
        </span>
      </div>
      {item.kind === 'question' ? (
        <QuestionCard
          question={item.question}
          starter={run?.metadata.started_by ?? null}
          onAnswered={onAnswered}
        />
      ) : (
        <div className="flex flex-col gap-3 text-sm">
          <p className="wrap-anywhere">{item.text}</p>
          <Link to="/runs/$id" params={{ id: item.runId }} className="text-accent underline">
            See what can be done
          </Link>
        </div>
      )}
    </div>
  );
}
