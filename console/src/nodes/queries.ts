/** What the page of nodes reads. */
import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';

export const NODES = ['nodes'] as const;
/** How often it is read while somebody looks: nodes say something each second. */
const AGAIN_MS = 2_000;

/** All nodes with what they are at, and the work that waits for one. */
export const nodesQuery = () =>
  queryOptions({
    queryKey: NODES,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/nodes', { signal })),
    refetchInterval: AGAIN_MS,
  });
