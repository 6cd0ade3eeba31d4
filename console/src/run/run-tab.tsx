/** The view of a run that its address names, loaded when it is first shown. */
import { getRouteApi } from '@tanstack/react-router';
import { Suspense, type ComponentType } from 'react';
import { lazyPart } from '../api/part.ts';
import { RUN_TABS, type RunTab as Tab } from '../app/search.ts';
import { Empty, SkeletonRows } from '../parts/states.tsx';

const route = getRouteApi('/runs/$id/$tab');

const VIEWS: Readonly<Record<Tab, ComponentType>> = {
  graph: lazyPart(() => import('./graph/graph-view.tsx')),
  timeline: lazyPart(() => import('./timeline/timeline-view.tsx')),
  conversation: lazyPart(() => import('./conversation/conversation-view.tsx')),
  checkpoints: lazyPart(() => import('./checkpoints/checkpoints-view.tsx')),
  events: lazyPart(() => import('./events/events-view.tsx')),
};

export function RunTab() {
  const { tab } = route.useParams();
  const known = RUN_TABS.find((one) => one === tab);
  if (known === undefined) return <Empty title="There is no such view" />;
  const View = VIEWS[known];
  return (
    <Suspense fallback={<SkeletonRows />}>
      <View />
    </Suspense>
  );
}
