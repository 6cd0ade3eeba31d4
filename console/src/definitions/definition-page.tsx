/** One definition: how it goes, what it is made of, its versions, and its text to be changed. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../api/part.ts';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { Fault, SkeletonRows } from '../parts/states.tsx';
import { DefinitionHead } from './detail/definition-head.tsx';
import { Overview } from './detail/overview.tsx';
import { VersionsView } from './detail/versions-view.tsx';
import { definitionQuery } from './queries.ts';

const StartDialog = lazyPart(() => import('./start/start-dialog.tsx'));
const EditView = lazyPart(() => import('./editor/edit-view.tsx'));

const route = getRouteApi('/definitions/$name');

const TABS = ['overview', 'versions', 'edit'] as const;
type Tab = (typeof TABS)[number];

const TAB_WORDS: Readonly<Record<Tab, string>> = { overview: 'Overview', versions: 'Versions', edit: 'Edit' };

export function DefinitionPage() {
  const { name } = route.useParams();
  const { tab: asked, version, start, step } = route.useSearch();
  const navigate = useNavigate({ from: '/definitions/$name' });
  const tab = TABS.find((one) => one === asked) ?? 'overview';
  const { data, error, refetch } = useQuery({
    ...definitionQuery(name, tab === 'overview' ? version : undefined),
    placeholderData: keepPreviousData,
  });
  useTitle(name);
  useTabs(tab);
  if (data === undefined) {
    return error === null ? <SkeletonRows /> : <Fault error={error} retry={() => void refetch()} />;
  }
  const setStart = (value: string) =>
    void navigate({ search: (search) => ({ ...search, start: value }), replace: true });
  return (
    <>
      <DefinitionHead definition={data} onStart={() => setStart('yes')} />
      <nav
        aria-label="Views of the definition"
        className="flex gap-1 overflow-x-auto border-b border-line px-4 narrow:px-1"
      >
        {TABS.map((one) => (
          <Link
            key={one}
            from="/definitions/$name"
            to="."
            search={(search) => ({ ...search, tab: one === 'overview' ? '' : one })}
            aria-current={one === tab ? 'page' : undefined}
            className="-mb-px border-b-2 border-transparent px-2.5 py-2 text-sm whitespace-nowrap text-quiet hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
          >
            {TAB_WORDS[one]}
          </Link>
        ))}
      </nav>
      {tab === 'overview' && <Overview definition={data} version={version} step={step} />}
      {tab === 'versions' && <VersionsView name={name} />}
      {tab === 'edit' && (
        <Suspense fallback={<SkeletonRows />}>
          <EditView key={name} name={name} newest={data.latest_version} />
        </Suspense>
      )}
      {start !== undefined && (
        <Suspense>
          <StartDialog workflow={name} version={version} onClose={() => setStart('')} />
        </Suspense>
      )}
    </>
  );
}

/** `[` and `]` go through the views. */
function useTabs(tab: Tab): void {
  const navigate = useNavigate({ from: '/definitions/$name' });
  const show = (one: Tab) =>
    void navigate({ search: (search) => ({ ...search, tab: one === 'overview' ? '' : one }) });
  const go = (by: number) => show(TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] ?? 'overview');
  useActions([
    { label: 'Previous view', group: 'Definition', keys: '[', act: () => go(-1) },
    { label: 'Next view', group: 'Definition', keys: ']', act: () => go(1) },
    { label: 'Edit the definition', group: 'Definition', keys: 'e', act: () => show('edit') },
    { label: 'Versions and differences', group: 'Definition', keys: 'v', act: () => show('versions') },
  ]);
}
