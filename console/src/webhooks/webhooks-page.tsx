/** Webhooks: who is told of events of runs, whether it arrives, and what was sent. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { Webhook, WebhookWithSecret } from '../api/generated.ts';
import { lazyPart } from '../api/part.ts';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { Button } from '../parts/button.tsx';
import { ListBesideChosen } from '../parts/list-beside-chosen.tsx';
import { Empty, Fault, SkeletonRows } from '../parts/states.tsx';
import { counted } from '../words/figures.ts';
import { webhooksQuery } from './queries.ts';
import { WebhookDetail } from './webhook-detail.tsx';
import { WebhookRow } from './webhook-row.tsx';
import { titleOf } from './webhook-words.ts';

const WebhookDialog = lazyPart(() => import('./webhook-dialog.tsx'));
const SecretDialog = lazyPart(() => import('./secret-dialog.tsx'));

const route = getRouteApi('/webhooks');

export function WebhooksPage() {
  useTitle('Webhooks');
  const { webhook: chosen } = route.useSearch();
  const navigate = useNavigate({ from: '/webhooks' });
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<{ readonly title: string; readonly secret: string }>();
  const { data, error, refetch } = useQuery(webhooksQuery());
  // The log of another one has other deliveries.
  const choose = (webhook: string) =>
    void navigate({ search: webhook === '' ? {} : { webhook }, replace: true });
  const add = () => setAdding(true);
  useActions([{ label: 'Tell somebody of events', group: 'Webhooks', keys: 'c', act: add }]);
  const added = (webhook: Webhook | WebhookWithSecret) => {
    setAdding(false);
    choose(webhook.id);
    if ('secret' in webhook && webhook.secret !== null)
      setMade({ title: titleOf(webhook), secret: webhook.secret });
  };
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-3">
        <h1 className="text-lg font-semibold narrow:flex-1">Webhooks</h1>
        <p className="min-w-0 flex-1 text-sm text-quiet narrow:order-last narrow:w-full narrow:flex-none">
          {data !== undefined && summaryOf(data)}
        </p>
        <Button kind="primary" shortcut="c" onClick={add}>
          <Plus className="size-4" aria-hidden />
          Add
        </Button>
      </header>
      {data === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <Fault error={error} retry={() => void refetch()} />
        )
      ) : data.length === 0 && chosen === undefined ? (
        <NoWebhooks onAdd={add} />
      ) : (
        <ListBesideChosen
          noun="webhook"
          title="Webhooks"
          width="w-[40rem] max-w-[60%]"
          items={data}
          chosen={chosen}
          // Links may name it by its name, as commands and definitions do.
          isChosen={({ id, name }) => id === chosen || (chosen !== undefined && name === chosen)}
          choose={choose}
          Row={WebhookRow}
          detail={(webhook) => (
            <WebhookDetail key={webhook.id} webhook={webhook} onClose={() => choose('')} />
          )}
        />
      )}
      <Suspense>
        {isAdding && <WebhookDialog onClose={() => setAdding(false)} onDone={added} />}
        {made !== undefined && <SecretDialog {...made} onClose={() => setMade(undefined)} />}
      </Suspense>
    </>
  );
}

function NoWebhooks({ onAdd }: { readonly onAdd: () => void }) {
  return (
    <Empty
      title="Nobody is told of events"
      actions={
        <>
          <Button kind="primary" onClick={onAdd}>
            Tell somebody
          </Button>
          <a
            href="/docs/webhooks.md"
            target="_blank"
            rel="noopener"
            className="inline-flex h-8 items-center px-2 text-sm text-accent underline"
          >
            What is sent, and what is promised
          </a>
        </>
      }
    >
      Programs are told what happens to runs by signed webhooks, people by notices in Slack or by e-mail.
      Nothing is lost when a process dies on either side.
    </Empty>
  );
}

/** `3 webhooks: 2 on, 1 given up`. */
function summaryOf(webhooks: readonly Webhook[]): string {
  if (webhooks.length === 0) return 'Who is told what happens to runs.';
  const on = webhooks.filter(({ enabled }) => enabled).length;
  const lost = webhooks.filter(({ disabled_reason: reason }) => reason !== null).length;
  const off = webhooks.length - on - lost;
  const parts = [`${on} on`, off > 0 && `${off} off`, lost > 0 && `${lost} given up`];
  return `${counted(webhooks.length, 'webhook')}: ${parts.filter((part) => part !== false).join(', ')}`;
}
