/** The frame of every page: where one can go, who needs somebody, how fresh what is shown is, and what the reader has chosen. */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import {
  ChartNoAxesColumn,
  Ellipsis,
  FileCode2,
  Inbox,
  ListTree,
  Search,
  Server,
  Settings2,
  Webhook,
  type LucideIcon,
} from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart, loadAgain, useMissing } from '../api/part.ts';
import { exported, type Exported } from '../api/offline.ts';
import { readinessQuery } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { KeyCap } from '../parts/key-cap.tsx';
import { cn } from '../parts/class-names.ts';
import { Moment } from '../parts/moment.tsx';
import { Tip } from '../parts/tip.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { zoneName } from '../words/time.ts';
import { useActions } from './actions.ts';
import { useAttention } from './attention.ts';
import { keyNames } from './key-names.ts';
import { usePreferences, zoneOf } from './preferences.ts';

const CommandMenu = lazyPart(() => import('./command-menu.tsx'));
const KeySheet = lazyPart(() => import('./key-sheet.tsx'));
const PreferencesDialog = lazyPart(() => import('./preferences-dialog.tsx'));

const PAGES = [
  { to: '/runs', label: 'Runs', keys: 'g r', icon: ListTree },
  { to: '/inbox', label: 'Inbox', keys: 'g i', icon: Inbox },
  { to: '/definitions', label: 'Definitions', keys: 'g d', icon: FileCode2 },
  { to: '/insights', label: 'Insights', keys: 'g m', icon: ChartNoAxesColumn },
  { to: '/nodes', label: 'Nodes', keys: 'g n', icon: Server },
  { to: '/webhooks', label: 'Webhooks', keys: 'g w', icon: Webhook },
] as const;
/** So many have a place of their own on a phone; the others stand in a menu. */
const ON_PHONES = 3;

export function Shell() {
  const [opened, setOpened] = useState<'menu' | 'keys' | 'preferences'>();
  const navigate = useNavigate();
  const attention = useAttention();
  useActions([
    ...PAGES.map(({ to, label, keys }) => ({
      label,
      group: 'Go to',
      keys,
      act: () => void navigate({ to }),
    })),
    { label: 'Search and commands', group: 'Everywhere', keys: 'mod+k', act: () => setOpened('menu') },
    { label: 'Keyboard', group: 'Everywhere', keys: '?', act: () => setOpened('keys') },
    {
      label: 'Start a run…',
      group: 'Everywhere',
      act: () => void navigate({ to: '/definitions', search: { start: 'any' } }),
    },
    { label: 'Preferences', group: 'Everywhere', keys: ',', act: () => setOpened('preferences') },
  ]);
  const close = () => setOpened(undefined);
  return (
    <>
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-2"
      >
        Skip to the page
      </a>
      <div className="grid h-dvh grid-cols-[13rem_minmax(0,1fr)] narrow:grid-cols-1 narrow:grid-rows-[minmax(0,1fr)_auto]">
        {exported === undefined ? (
          <Navigation attention={attention} open={setOpened} />
        ) : (
          <ExportNote exported={exported} open={setOpened} />
        )}
        <main
          id="page"
          tabIndex={-1}
          className="flex min-h-0 min-w-0 flex-col outline-none narrow:order-first"
        >
          <Outlet />
        </main>
      </div>
      {opened === 'menu' && (
        <Suspense>
          <CommandMenu onClose={close} />
        </Suspense>
      )}
      <MissingPart />
      <Suspense>
        {opened === 'keys' && <KeySheet onClose={close} />}
        {opened === 'preferences' && <PreferencesDialog onClose={close} />}
      </Suspense>
      <Toasts />
    </>
  );
}

interface ExportNoteProps {
  readonly exported: Exported;
  readonly open: (what: 'menu' | 'preferences') => void;
}

/** In place of the pages: an export has one. */
function ExportNote({ exported: { at }, open }: ExportNoteProps) {
  return (
    <aside
      aria-label="Export"
      className="flex flex-col gap-2 border-r border-line bg-surface p-3 text-sm text-quiet narrow:flex-row narrow:items-center narrow:border-t narrow:border-r-0"
    >
      <span className="text-lg font-semibold text-ink narrow:hidden">Baton</span>
      <span className="flex-1">
        One run, exported <Moment at={at} as="clock" />. It can only be read.
      </span>
      <Button kind="quiet" onClick={() => open('preferences')}>
        <Settings2 className="size-4" aria-hidden />
        <Zone />
      </Button>
    </aside>
  );
}

interface NavigationProps {
  readonly attention: number | undefined;
  readonly open: (what: 'menu' | 'preferences') => void;
}

function Navigation({ attention, open }: NavigationProps) {
  return (
    <nav
      aria-label="Pages"
      className="flex flex-col gap-0.5 border-r border-line bg-surface p-2 narrow:flex-row narrow:justify-around narrow:border-t narrow:border-r-0 narrow:p-1"
    >
      <Link
        to="/runs"
        className="mb-2 flex items-center gap-2 px-2 py-1.5 text-lg font-semibold narrow:hidden"
      >
        <img src="/favicon.svg" alt="" className="size-6" />
        Baton
      </Link>
      <Button
        kind="normal"
        className="mb-2 justify-start text-quiet narrow:hidden"
        onClick={() => open('menu')}
      >
        <Search className="size-4" aria-hidden />
        <span className="flex-1 text-left">Search</span>
        {keyNames('mod+k').map((name) => (
          <KeyCap key={name}>{name}</KeyCap>
        ))}
      </Button>
      {PAGES.map((page, at) => (
        <Page
          key={page.to}
          {...page}
          count={page.to === '/inbox' ? attention : undefined}
          isOnPhones={at < ON_PHONES}
        />
      ))}
      <FurtherPages />
      <div className="flex-1 narrow:hidden" />
      <Health />
      <Button
        kind="quiet"
        className="justify-start px-2 narrow:h-auto narrow:flex-col narrow:gap-0 narrow:py-1.5 narrow:text-xs narrow:font-normal"
        onClick={() => open('preferences')}
      >
        <Settings2 className="size-4" aria-hidden />
        <Zone />
      </Button>
    </nav>
  );
}

interface PageProps {
  readonly to: (typeof PAGES)[number]['to'];
  readonly label: string;
  readonly icon: LucideIcon;
  readonly count: number | undefined;
  readonly isOnPhones: boolean;
}

function Page({ to, label, icon: Icon, count, isOnPhones }: PageProps) {
  return (
    <Link
      to={to}
      className={cn(
        'flex items-center gap-2 rounded-(--radius) px-2 py-1.5 text-sm text-quiet hover:bg-hover data-[status=active]:bg-accent-wash data-[status=active]:font-medium data-[status=active]:text-ink narrow:flex-col narrow:gap-0 narrow:text-xs',
        !isOnPhones && 'narrow:hidden',
      )}
    >
      <Icon className="size-4" aria-hidden />
      <span className="flex-1">{label}</span>
      {count !== undefined && count > 0 && (
        <span className="tabular rounded-full bg-need-wash px-1.5 text-xs font-semibold text-need">
          {count}
          <span className="sr-only"> open</span>
        </span>
      )}
    </Link>
  );
}

/** On a phone, the pages that have no place of their own. */
function FurtherPages() {
  const navigate = useNavigate();
  const entries = PAGES.slice(ON_PHONES).map(({ to, label, icon: Icon }) => ({
    label,
    icon: <Icon className="size-4" aria-hidden />,
    act: () => void navigate({ to }),
  }));
  return (
    <Menu
      groups={[entries]}
      trigger={
        <Button
          kind="quiet"
          className="hidden px-2 py-1.5 text-xs font-normal narrow:flex narrow:h-auto narrow:flex-col narrow:gap-0"
        >
          <Ellipsis className="size-4" aria-hidden />
          More
        </Button>
      }
    />
  );
}

/** Zone and name: what commands are given by, and what times mean. */
function Zone() {
  const chosen = usePreferences();
  return (
    <span className="flex-1 truncate text-left narrow:text-center">
      <span className="narrow:hidden">{chosen.name === '' ? 'Say who you are' : chosen.name} · </span>
      {zoneName(zoneOf(chosen))}
    </span>
  );
}

/** Says that something of the page itself is missing, and what helps. */
function MissingPart() {
  const missing = useMissing();
  if (missing === 'here') return null;
  return (
    <div
      role="status"
      className="fixed inset-x-4 bottom-4 z-40 mx-auto flex max-w-prose flex-wrap items-center gap-3 rounded-(--radius) border border-line bg-raised px-4 py-3 text-sm shadow-lg"
    >
      <span className="flex-1">
        {missing === 'away'
          ? 'A part of this page has not come: Baton does not answer. The page is loaded again once it does.'
          : 'A part of this page has not come; Baton may have a new version. What you have typed is lost when the page is loaded again.'}
      </span>
      {missing === 'ready' && <Button onClick={loadAgain}>Load again</Button>}
    </div>
  );
}

/** Says so when a part of Baton is away. */
function Health() {
  const { error } = useQuery(readinessQuery());
  if (error === null) return null;
  return (
    <Tip text={error.message}>
      <output className="rounded-(--radius) bg-fail-wash px-2 py-1.5 text-xs font-medium text-fail">
        Baton is not whole
      </output>
    </Tip>
  );
}
