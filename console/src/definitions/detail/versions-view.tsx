/** The versions of a definition, newest first, and what one changed: against the version before, or any other. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../../api/part.ts';
import type { WorkflowVersion } from '../../api/generated.ts';
import { Copy } from '../../parts/copy.tsx';
import { DiffView } from '../../parts/diff-view.tsx';
import { Choice } from '../../parts/field.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Fault, Skeleton, SkeletonRows } from '../../parts/states.tsx';
import { versionQuery, versionsQuery } from '../queries.ts';

const CodeEditor = lazyPart(() => import('../../parts/code-editor.tsx'));
const route = getRouteApi('/definitions/$name');
/** In the address: the text alone. */
const TEXT_ALONE = 'none';

export function VersionsView({ name }: { readonly name: string }) {
  const { version: asked, against: other } = route.useSearch();
  const { data: versions, error, refetch } = useQuery(versionsQuery(name));
  if (versions === undefined)
    return error === null ? <SkeletonRows /> : <Fault error={error} retry={() => void refetch()} />;
  const at = Math.max(
    0,
    versions.findIndex(({ version }) => version === asked),
  );
  const shown = versions[at];
  if (shown === undefined) return null;
  const against = other ?? versions[at + 1]?.version ?? TEXT_ALONE;
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[18rem_minmax(0,1fr)] max-lg:grid-cols-1 max-lg:grid-rows-[auto_minmax(0,1fr)]">
      <ol
        aria-label="Versions"
        className="overflow-auto border-r border-line max-lg:max-h-48 max-lg:border-r-0 max-lg:border-b"
      >
        {versions.map((version) => (
          <VersionRow key={version.version} {...version} isShown={version === shown} />
        ))}
      </ol>
      <section aria-label="Version" className="flex min-h-0 min-w-0 flex-col gap-3 p-4">
        <VersionHead name={name} version={shown} versions={versions} against={against} />
        <Changed name={name} version={shown.version} against={against} format={shown.format} />
      </section>
    </div>
  );
}

function VersionRow({
  version,
  published_by: by,
  created_at: at,
  isShown,
}: WorkflowVersion & { readonly isShown: boolean }) {
  return (
    <li>
      <Link
        from="/definitions/$name"
        to="."
        search={(search) => ({ ...search, version, against: '' })}
        aria-current={isShown ? 'true' : undefined}
        className="flex items-baseline gap-2 border-b border-line px-4 py-2 hover:bg-hover aria-[current]:bg-accent-wash"
      >
        <span className="min-w-0 flex-1 truncate font-mono text-sm">{version}</span>
        <span className="text-right text-xs text-quiet">
          {by !== null && <span className="block max-w-28 truncate">{by}</span>}
          <Moment at={at} />
        </span>
      </Link>
    </li>
  );
}

interface VersionHeadProps {
  readonly name: string;
  readonly version: WorkflowVersion;
  readonly versions: readonly WorkflowVersion[];
  readonly against: string;
}

function VersionHead({ version: { version, hash, published_by: by }, versions, against }: VersionHeadProps) {
  const navigate = route.useNavigate();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <h2 className="font-mono text-base font-semibold">{version}</h2>
      <span className="flex items-center font-mono text-xs text-quiet">
        {hash.slice(0, 19)}…<Copy text={hash} what="the plan’s hash" />
      </span>
      {by !== null && <span className="text-xs text-quiet">by {by}</span>}
      <label className="ml-auto flex items-center gap-2 text-sm text-quiet">
        Against
        <Choice
          className="w-auto max-w-48"
          value={against}
          onChange={({ target }) =>
            void navigate({ search: (search) => ({ ...search, against: target.value }), replace: true })
          }
        >
          <option value={TEXT_ALONE}>nothing: the text</option>
          {versions
            .filter((one) => one.version !== version)
            .map((one) => (
              <option key={one.version}>{one.version}</option>
            ))}
        </Choice>
      </label>
    </div>
  );
}

interface ChangedProps {
  readonly name: string;
  readonly version: string;
  readonly against: string;
  readonly format: 'yaml' | 'json';
}

function Changed({ name, version, against, format }: ChangedProps) {
  const { data: after, error } = useQuery(versionQuery(name, version));
  const { data: before, error: other } = useQuery({
    ...versionQuery(name, against),
    enabled: against !== TEXT_ALONE,
  });
  const fault = error ?? other;
  if (fault !== null) return <Fault error={fault} />;
  if (after === undefined || (before === undefined && against !== TEXT_ALONE))
    return <Skeleton className="h-64" />;
  if (before === undefined) {
    return (
      <Suspense fallback={<Skeleton className="h-64" />}>
        <CodeEditor value={after.source} language={format} label={`Text of version ${version}`} />
      </Suspense>
    );
  }
  return (
    <div className="min-h-0 overflow-auto">
      <DiffView
        before={before.source}
        after={after.source}
        label={`What ${version} changed against ${against}`}
      />
    </div>
  );
}
