/** What a webhook was sent, newest first: by status, page by page. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Webhook } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/field.tsx';
import { Fault, SkeletonRows } from '../parts/states.tsx';
import { counted } from '../words/figures.ts';
import { DeliveryLine } from './delivery-line.tsx';
import { deliveriesQuery, WEBHOOKS, type DeliveryStatus } from './queries.ts';
import { DELIVERY_WORDS } from './webhook-words.ts';

const route = getRouteApi('/webhooks');
const STATUSES = Object.keys(DELIVERY_WORDS) as readonly DeliveryStatus[];

export function DeliveryLog({ webhook }: { readonly webhook: Webhook }) {
  const { status: named, delivery: opened } = route.useSearch();
  const navigate = useNavigate({ from: '/webhooks' });
  const status = STATUSES.find((one) => one === named);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    deliveriesQuery(webhook.id, status),
  );
  const change = (members: { readonly status?: string; readonly delivery?: string }) =>
    void navigate({ search: (now) => ({ ...now, ...members }), replace: true });
  const why = webhook.enabled ? undefined : 'It is switched off: switch it on first.';
  const deliveries = data?.pages.flatMap(({ items }) => items);
  return (
    <section aria-labelledby="deliveries" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h3 id="deliveries" className="flex-1 font-semibold">
          Deliveries
        </h3>
        <Choice
          aria-label="Status"
          className="w-36"
          value={status ?? ''}
          onChange={({ target }) => change({ status: target.value, delivery: '' })}
        >
          <option value="">All</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {DELIVERY_WORDS[one].text}
            </option>
          ))}
        </Choice>
        <RedeliverAll webhook={webhook} why={why} />
      </div>
      {deliveries === undefined ? (
        error === null ? (
          <SkeletonRows rows={3} />
        ) : (
          <Fault error={error} retry={() => void refetch()} />
        )
      ) : deliveries.length === 0 ? (
        <p className="text-sm text-quiet">
          {status === undefined ? 'Nothing has been sent yet. “Test” sends an event of nothing.' : 'None.'}
        </p>
      ) : (
        <ul aria-labelledby="deliveries">
          {deliveries.map((delivery) => (
            <DeliveryLine
              key={delivery.id}
              delivery={delivery}
              isOpen={delivery.id === opened}
              onToggle={() => change({ delivery: delivery.id === opened ? '' : delivery.id })}
              why={why}
            />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button
          size="small"
          className="self-start"
          why={isFetchingNextPage ? 'They are on their way.' : undefined}
          onClick={() => void fetchNextPage()}
        >
          Older ones
        </Button>
      )}
    </section>
  );
}

function RedeliverAll({ webhook, why }: { readonly webhook: Webhook; readonly why: string | undefined }) {
  const again = useChange({
    shown: WEBHOOKS,
    isBare: true,
    done: ({ deliveries }) =>
      deliveries === 0 ? 'None was given up or missed' : `${counted(deliveries, 'event')} sent once more`,
    send: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook}/redeliver', {
          params: { path: { webhook: webhook.id } },
          body: author(),
        }),
      ),
  });
  return (
    <Button
      size="small"
      why={why ?? (again.isPending ? 'It is being sent.' : undefined)}
      onClick={() => again.mutate()}
    >
      Send again what failed
    </Button>
  );
}
