/** One webhook beside the list: what it is set to, what can be done with it, and the log of what it was sent. */
import { X } from 'lucide-react';
import { Suspense, useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Webhook } from '../api/generated.ts';
import { lazyPart } from '../api/part.ts';
import { useChange } from '../api/use-change.ts';
import { useActions } from '../app/actions.ts';
import { Button } from '../parts/button.tsx';
import { Echo } from '../parts/echo.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { WEBHOOKS } from './queries.ts';
import { eventsWords, KIND_WORDS, titleOf, webhookWords, whereTo } from './webhook-words.ts';

const WebhookDialog = lazyPart(() => import('./webhook-dialog.tsx'));
const SecretDialog = lazyPart(() => import('./secret-dialog.tsx'));
const RotateDialog = lazyPart(() => import('./rotate-dialog.tsx'));
const RemoveWebhookDialog = lazyPart(() => import('./remove-webhook-dialog.tsx'));

interface WebhookDetailProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

export function WebhookDetail({ webhook, onClose }: WebhookDetailProps) {
  const { id, disabled_reason: reason } = webhook;
  return (
    <section aria-label={`Webhook ${titleOf(webhook)}`} className="flex flex-col gap-4 p-4">
      <header className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-lg font-semibold wrap-anywhere">{titleOf(webhook)}</h2>
        <Echo
          request={{ method: 'GET', path: `/api/v1/webhooks/${id}` }}
          command={['webhooks', 'show', id]}
        />
        <Button kind="quiet" size="icon" label="Close" shortcut="Escape" onClick={onClose}>
          <X className="size-4" aria-hidden />
        </Button>
      </header>
      {reason !== null && (
        <p className="rounded-(--radius) bg-fail-wash px-2.5 py-1.5 text-sm wrap-anywhere">
          Baton has given it up: {reason}. What comes meanwhile is missed; once it is on again, “Send again
          what failed” sends that.
        </p>
      )}
      <Deeds webhook={webhook} onClose={onClose} />
      <Settings webhook={webhook} />
      <DeliveryLog webhook={webhook} />
    </section>
  );
}

function Settings({ webhook }: { readonly webhook: Webhook }) {
  const {
    id,
    kind,
    description,
    filter,
    for: person,
    pending,
    created_at: created,
    updated_by: by,
  } = webhook;
  return (
    <Facts>
      <Fact name="State">
        <StatusBadge words={webhookWords(webhook)} plain />
      </Fact>
      <Fact name={KIND_WORDS[kind]}>{whereTo(webhook)}</Fact>
      <Fact name="Sends">{eventsWords(webhook)}</Fact>
      {filter !== '' && (
        <Fact name="Of runs">
          <span className="font-mono text-xs">{filter}</span>
        </Fact>
      )}
      {person !== null && <Fact name="Only for">{person}</Fact>}
      {description !== '' && <Fact name="Description">{description}</Fact>}
      {pending > 0 && <Fact name="On their way">{pending.toLocaleString('en')}</Fact>}
      {webhook.previous_secret_until !== null && (
        <Fact name="Former secret">
          signs too, until <Moment at={webhook.previous_secret_until} as="clock" />
        </Fact>
      )}
      <Fact name="Made">
        <Moment at={created} as="clock" />
        {by !== null && `, last changed by ${by}`}
      </Fact>
      <Fact name="Id">
        <span className="font-mono text-xs">{id}</span>
      </Fact>
    </Facts>
  );
}

type Asked = 'change' | 'rotate' | 'remove';

function Deeds({ webhook, onClose }: WebhookDetailProps) {
  const { id, kind, enabled } = webhook;
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<string>();
  const { test, turn } = useDeeds(webhook);
  const off = enabled ? undefined : 'It is switched off: switch it on first.';
  const unsigned = kind === 'webhook' ? undefined : 'What goes to people is not signed.';
  const busy = (isPending: boolean) => (isPending ? 'It is being sent.' : undefined);
  const title = titleOf(webhook);
  useActions([
    { label: `Test ${title}`, group: 'Webhook', keys: 't', why: off, act: () => test.mutate() },
    { label: `Change ${title}`, group: 'Webhook', keys: 'e', act: () => setAsked('change') },
    { label: `Switch ${enabled ? 'off' : 'on'} ${title}`, group: 'Webhook', act: () => turn.mutate() },
    {
      label: `Another secret for ${title}`,
      group: 'Webhook',
      why: unsigned,
      act: () => setAsked('rotate'),
    },
    { label: `Remove ${title}`, group: 'Webhook', act: () => setAsked('remove') },
    { label: 'Close the webhook', group: 'Webhook', keys: 'Escape', act: onClose },
  ]);
  const shut = () => setAsked(undefined);
  return (
    <div className="flex flex-wrap gap-2">
      <Button shortcut="t" why={off ?? busy(test.isPending)} onClick={() => test.mutate()}>
        Test
      </Button>
      <Button shortcut="e" onClick={() => setAsked('change')}>
        Change
      </Button>
      <Button why={busy(turn.isPending)} onClick={() => turn.mutate()}>
        {enabled ? 'Switch off' : 'Switch on'}
      </Button>
      <Button why={unsigned} onClick={() => setAsked('rotate')}>
        Another secret
      </Button>
      <Button kind="danger" onClick={() => setAsked('remove')}>
        Remove
      </Button>
      <Suspense>
        {asked === 'change' && <WebhookDialog webhook={webhook} onClose={shut} onDone={shut} />}
        {asked === 'rotate' && (
          <RotateDialog
            webhook={webhook}
            onClose={shut}
            onDone={(made) => {
              shut();
              setSecret(made.secret ?? undefined);
            }}
          />
        )}
        {asked === 'remove' && <RemoveWebhookDialog webhook={webhook} onClose={shut} onDone={onClose} />}
        {secret !== undefined && (
          <SecretDialog title={title} secret={secret} onClose={() => setSecret(undefined)} key={id} />
        )}
      </Suspense>
    </div>
  );
}

function useDeeds({ id, enabled }: Webhook) {
  const params = { path: { webhook: id } };
  const test = useChange({
    shown: WEBHOOKS,
    isBare: true,
    done: () => 'An event of nothing is on its way: see the deliveries',
    send: () => dataOf(api.POST('/api/v1/webhooks/{webhook}/test', { params, body: author() })),
  });
  const turn = useChange({
    shown: WEBHOOKS,
    isBare: true,
    done: () => (enabled ? 'It is switched off, and misses what was still to be sent' : 'It is switched on'),
    send: () =>
      dataOf(api.PUT('/api/v1/webhooks/{webhook}', { params, body: { enabled: !enabled, ...author() } })),
  });
  return { test, turn };
}
