/** What the page of webhooks reads. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import type { WebhookDelivery } from '../api/generated.ts';

export const WEBHOOKS = ['webhooks'] as const;
const AGAIN_MS = 5_000;
const PAGE = 50;

export type DeliveryStatus = WebhookDelivery['status'];

/** All of them, in the order in which they were made. */
export const webhooksQuery = () =>
  queryOptions({
    queryKey: WEBHOOKS,
    queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/webhooks', { signal }))).items,
    refetchInterval: AGAIN_MS,
  });

/** The log of one, newest first, page by page. @param status undefined: all */
export const deliveriesQuery = (webhook: string, status: DeliveryStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: [...WEBHOOKS, webhook, 'deliveries', status ?? ''],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor, signal }) => {
      const query = {
        limit: PAGE,
        ...(status !== undefined && { status }),
        ...(cursor !== '' && { cursor }),
      };
      const params = { path: { webhook }, query };
      return dataOf(api.GET('/api/v1/webhooks/{webhook}/deliveries', { params, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: AGAIN_MS,
  });

/** One with what is sent; that never changes, its tries do. */
export const deliveryQuery = (webhook: string, delivery: string) =>
  queryOptions({
    queryKey: [...WEBHOOKS, webhook, 'delivery', delivery],
    queryFn: ({ signal }) => {
      const params = { path: { webhook, delivery } };
      return dataOf(api.GET('/api/v1/webhooks/{webhook}/deliveries/{delivery}', { params, signal }));
    },
  });
