/** The plan of an open run, changed as a whole text: what an edit would do is told before it is made. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Suspense, useDeferredValue, useEffect, useState } from 'react';
import { lazyPart } from '../../../api/part.ts';
import { answerOf, api, dataOf, Refused } from '../../../api/client.ts';
import { author, useCommand } from '../../../api/commands.ts';
import type { EditAnswer, RunDefinition } from '../../../api/generated.ts';
import { Button } from '../../../parts/button.tsx';
import { DiffView } from '../../../parts/diff-view.tsx';
import { Fault, Skeleton, SkeletonRows } from '../../../parts/states.tsx';
import { listed } from '../../../words/listed.ts';
import { moneyWords } from '../../../words/figures.ts';
import { useRun } from '../../run-context.tsx';
import { CommandDialog, Refusal } from '../../../parts/command-dialog.tsx';
import { ReasonField, said } from '../reason-field.tsx';
import type { RunDialogProps } from '../run-dialogs.ts';
import { Revisions } from './revisions.tsx';

const EditedGraph = lazyPart(() => import('./edited-graph.tsx'));
const CodeEditor = lazyPart(() => import('../../../parts/code-editor.tsx'));

const LOOKS = { text: 'Text', graph: 'Graph', difference: 'Difference', revisions: 'Revisions' } as const;
type Look = keyof typeof LOOKS;

/** After the last key, so that not each of them is compiled. */
const PATIENCE_MS = 500;

export function EditPlanDialog({ run, onClose }: RunDialogProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['run', run.id, 'definition', run.revision],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/runs/{id}/definition', { params: { path: { id: run.id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  if (error !== null) return <Fault error={error} retry={() => void refetch()} />;
  if (data === undefined) return null;
  return <Editing definition={data} onClose={onClose} />;
}

interface EditingProps {
  readonly definition: RunDefinition;
  readonly onClose: () => void;
}

function Editing({ definition, onClose }: EditingProps) {
  const { run } = useRun();
  // The plan that is edited stays the one that was opened, whatever others do meanwhile.
  const [opened, setOpened] = useState(definition);
  const [text, setText] = useState(opened.source);
  const [reason, setReason] = useState('');
  const [look, setLook] = useState<Look>('text');
  const settled = useSettled(text);
  const isChanged = text !== opened.source;
  const body = {
    definition: text,
    expected_revision: opened.revision,
    ...said('reason', reason),
    ...author(),
  };
  const preview = useQuery({
    queryKey: ['run', run.id, 'edit-preview', opened.revision, run.last_seq, settled],
    enabled: settled !== opened.source,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      dataOf(
        api.POST('/api/v1/runs/{id}/edits', {
          params: { path: { id: run.id } },
          body: { definition: settled, expected_revision: opened.revision, dry_run: true },
          signal,
        }),
      ),
  });
  const edit = useCommand({
    done: 'The plan was changed',
    runId: run.id,
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/edits', { params: { path: { id: run.id } }, body: { ...body, id } }),
      ),
    onDone: onClose,
  });
  const isStale = run.revision !== opened.revision;
  const why = !isChanged
    ? 'Nothing is changed yet.'
    : isStale
      ? 'Somebody has changed the plan meanwhile: take theirs first.'
      : text !== settled || preview.isPending
        ? 'What it would do is being worked out.'
        : (preview.error?.message ?? preview.data?.faults[0]?.message);
  return (
    <CommandDialog
      wide
      title={`Edit the plan, revision ${opened.revision}`}
      description="Only what has not begun can change. What has begun stays as it is."
      verb="Change the plan"
      onClose={onClose}
      onSend={() => edit.mutate()}
      isSending={edit.isPending}
      error={edit.error}
      why={why}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/edits`, body }}
      command={['edit', run.id, '--file', 'plan.yaml']}
    >
      <div role="group" aria-label="What is shown" className="flex gap-1">
        {(Object.keys(LOOKS) as Look[]).map((one) => (
          <Button
            key={one}
            size="small"
            kind={look === one ? 'normal' : 'quiet'}
            aria-pressed={look === one}
            onClick={() => setLook(one)}
          >
            {LOOKS[one]}
          </Button>
        ))}
      </div>
      {isStale && (
        <p className="flex items-center gap-2 rounded-(--radius) bg-need-wash px-3 py-2 text-sm">
          The plan has revision {run.revision} by now.
          <Button
            size="small"
            onClick={() => {
              setOpened(definition);
              setText(definition.source);
            }}
          >
            Begin anew with it
          </Button>
        </p>
      )}
      {look === 'text' && (
        <Suspense fallback={<SkeletonRows rows={6} />}>
          <CodeEditor
            className="h-72"
            value={text}
            onChange={setText}
            language={opened.format}
            label="Definition of the run"
          />
        </Suspense>
      )}
      {look === 'difference' && <DiffView before={opened.source} after={text} label="What is changed" />}
      {look === 'graph' &&
        (preview.data === undefined || !isChanged ? (
          <p className="text-sm text-quiet">Once something is changed, it is drawn here.</p>
        ) : (
          <Suspense fallback={<Skeleton className="h-72" />}>
            <EditedGraph preview={preview.data} />
          </Suspense>
        ))}
      {look === 'revisions' && <Revisions onReverted={onClose} />}
      {look !== 'revisions' && isChanged && <Effect preview={preview.data} error={preview.error} />}
      {look !== 'revisions' && <ReasonField value={reason} onChange={setReason} />}
    </CommandDialog>
  );
}

/** The text once nobody has typed for a while. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return useDeferredValue(settled);
}

interface EffectProps {
  readonly preview: EditAnswer | undefined;
  readonly error: unknown;
}

function Effect({ preview, error }: EffectProps) {
  if (error !== null) return <Faults error={error} />;
  if (preview === undefined) return <Skeleton className="h-20" />;
  const {
    added,
    removed,
    changed,
    rewired,
    kept,
    faults,
    runs_again: again,
    may_repeat: repeat,
    expected,
  } = preview;
  const lines: readonly (readonly [string, string])[] = [
    ['Comes', listed(added, 10, '')],
    ['Goes', listed(removed, 10, '')],
    [
      'Changes',
      listed(
        changed.map(({ step, members }) => `${step} (${members.join(', ')})`),
        10,
        '',
      ),
    ],
    ['Waits for others', listed(rewired, 10, '')],
    ['Stays as it is', listed(kept, 10, '')],
    ['Runs again', listed(again, 10, '')],
    ['Could happen twice', listed(repeat, 10, '')],
    [
      'Expected of what is to come',
      `${moneyWords(Math.round(expected.cost_usd * 1_000_000))}, ${expected.total_tokens.toLocaleString('en')} tokens (${expected.known} of ${expected.steps} steps have past runs)`,
    ],
  ];
  return (
    <section
      aria-label="What it would do"
      aria-live="polite"
      className="rounded-(--radius) bg-surface p-3 text-sm"
    >
      {faults.map(({ step, message }) => (
        <p key={`${step} ${message}`} className="text-fail">
          {step !== null && <strong>{step}: </strong>}
          {message}
        </p>
      ))}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
        {lines
          .filter(([, what]) => what !== '')
          .map(([name, what]) => (
            <div key={name} className="contents">
              <dt className="text-quiet">{name}</dt>
              <dd className="wrap-anywhere">{what}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

/** Of a definition that cannot be compiled: every place. */
function Faults({ error }: { readonly error: unknown }) {
  const errors = error instanceof Refused ? (error.problem.errors ?? []) : [];
  if (errors.length === 0) return <Refusal error={error} />;
  return (
    <ul role="alert" className="rounded-(--radius) bg-fail-wash px-3 py-2 text-sm">
      {errors.slice(0, 20).map(({ line, column, message, hint }) => (
        <li key={`${line} ${column} ${message}`} className="wrap-anywhere">
          {line != null && <span className="tabular text-quiet">{`${line}:${column ?? 1} `}</span>}
          {message}
          {hint != null && <span className="text-quiet"> {hint}</span>}
        </li>
      ))}
    </ul>
  );
}
