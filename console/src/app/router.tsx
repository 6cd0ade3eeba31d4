/** Every page and its address. All that a page shows is in its address: a link shows the same to somebody else. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { part } from '../api/part.ts';
import { exported } from '../api/offline.ts';
import { Empty, Fault } from '../parts/states.tsx';
import {
  definitionSearch,
  definitionsSearch,
  inboxSearch,
  insightsSearch,
  nodesSearch,
  runSearch,
  runsSearch,
  RUN_TABS,
  webhooksSearch,
} from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Shell,
  notFoundComponent: () => <Empty title="There is no such page">The address may be mistyped.</Empty>,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () =>
    exported === undefined
      ? redirect({ to: '/runs', throw: true })
      : redirect({ to: '/runs/$id', params: { id: exported.run }, throw: true }),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => part(() => import('../runs/runs-page.tsx')), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$id',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => part(() => import('../run/run-page.tsx')), 'RunPage'),
});

const runHome = createRoute({
  getParentRoute: () => run,
  path: '/',
  beforeLoad: ({ params, search }) =>
    redirect({
      to: '/runs/$id/$tab',
      params: { ...params, tab: RUN_TABS[0] },
      search,
      replace: true,
      throw: true,
    }),
});

const runTab = createRoute({
  getParentRoute: () => run,
  path: '$tab',
  component: lazyRouteComponent(() => part(() => import('../run/run-tab.tsx')), 'RunTab'),
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  validateSearch: inboxSearch,
  component: lazyRouteComponent(() => part(() => import('../inbox/inbox-page.tsx')), 'InboxPage'),
});

const definitions = createRoute({
  getParentRoute: () => root,
  path: '/definitions',
  validateSearch: definitionsSearch,
  component: lazyRouteComponent(
    () => part(() => import('../definitions/definitions-page.tsx')),
    'DefinitionsPage',
  ),
});

const definition = createRoute({
  getParentRoute: () => root,
  path: '/definitions/$name',
  validateSearch: definitionSearch,
  component: lazyRouteComponent(
    () => part(() => import('../definitions/definition-page.tsx')),
    'DefinitionPage',
  ),
});

const insights = createRoute({
  getParentRoute: () => root,
  path: '/insights',
  validateSearch: insightsSearch,
  component: lazyRouteComponent(() => part(() => import('../insights/insights-page.tsx')), 'InsightsPage'),
});

const nodes = createRoute({
  getParentRoute: () => root,
  path: '/nodes',
  validateSearch: nodesSearch,
  component: lazyRouteComponent(() => part(() => import('../nodes/nodes-page.tsx')), 'NodesPage'),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/webhooks',
  validateSearch: webhooksSearch,
  component: lazyRouteComponent(() => part(() => import('../webhooks/webhooks-page.tsx')), 'WebhooksPage'),
});

const kit = createRoute({
  getParentRoute: () => root,
  path: '/__kit',
  component: lazyRouteComponent(() => part(() => import('../kit/kit-page.tsx')), 'KitPage'),
});

const tree = root.addChildren([
  home,
  runs,
  run.addChildren([runHome, runTab]),
  inbox,
  definitions,
  definition,
  insights,
  nodes,
  webhooks,
  kit,
]);

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    // A file has no paths below it.
    ...(exported !== undefined && { history: createHashHistory() }),
    defaultPreload: 'intent',
    defaultErrorComponent: ({ error, reset }) => <Fault error={error} retry={reset} />,
    // The page has one scroll container for each list, and those keep their place themselves.
    scrollRestoration: false,
    parseSearch,
    stringifySearch,
  });
}

/** Addresses as people write them: texts, not JSON; a name that comes twice is a list. */
function parseSearch(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  const params = new URLSearchParams(text);
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name);
    values[name] = all.length === 1 ? (all[0] ?? '') : all;
  }
  return values;
}

function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string' ? one !== '' : typeof one === 'number')
        params.append(name, `${one as string | number}`);
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
