/** The plans that the run has had, newest first, each with what changed, who changed it and why; and the way back. */
import { useQuery } from '@tanstack/react-query';
import { answerOf, api, dataOf } from '../../../api/client.ts';
import { author, useCommand } from '../../../api/commands.ts';
import type { RunRevision } from '../../../api/generated.ts';
import { Button } from '../../../parts/button.tsx';
import { Moment } from '../../../parts/moment.tsx';
import { faultWords, SkeletonRows } from '../../../parts/states.tsx';
import { useRun } from '../../run-context.tsx';
import { Refusal } from '../../../parts/command-dialog.tsx';

export function Revisions({ onReverted }: { readonly onReverted: () => void }) {
  const { run } = useRun();
  const { data, error } = useQuery({
    queryKey: ['run', run.id, 'edits', run.revision],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/runs/{id}/edits', { params: { path: { id: run.id } }, signal })),
  });
  const revert = useCommand({
    done: 'The plan is back as it was',
    runId: run.id,
    send: (to: number, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/edits', {
          params: { path: { id: run.id } },
          body: { revert_to: to, expected_revision: run.revision, ...author(), id },
        }),
      ),
    onDone: onReverted,
  });
  if (error !== null) return <p className="text-sm text-fail">{faultWords(error)}</p>;
  if (data === undefined) return <SkeletonRows rows={3} />;
  if (data.items.length === 0)
    return <p className="text-sm text-quiet">The plan is as the definition was published.</p>;
  return (
    <div className="flex flex-col gap-2 text-sm">
      {revert.error !== null && <Refusal error={revert.error} />}
      <ol className="flex flex-col gap-2">
        {data.items.map((one) => (
          <li key={one.revision} className="rounded-(--radius) border border-line p-2">
            <div className="flex flex-wrap items-center gap-x-3">
              <span className="font-medium">Revision {one.revision}</span>
              <span className="text-quiet">
                {one.by ?? one.proposed_by ?? 'somebody'}, <Moment at={one.at} />
              </span>
              <span className="flex-1" />
              <Button
                size="small"
                why={
                  one.revision === run.revision
                    ? 'It is the present one.'
                    : revert.isPending
                      ? 'It is being asked for.'
                      : undefined
                }
                onClick={() => revert.mutate(one.revision)}
              >
                Go back to it
              </Button>
            </div>
            {one.reason !== null && <p className="wrap-anywhere">{one.reason}</p>}
            <p className="wrap-anywhere text-quiet">{changeWords(one)}</p>
          </li>
        ))}
      </ol>
      {run.revision > 0 && (
        <Button
          size="small"
          className="self-start"
          why={revert.isPending ? 'It is being asked for.' : undefined}
          onClick={() => revert.mutate(0)}
        >
          Go back to the plan as it was published
        </Button>
      )}
    </div>
  );
}

function changeWords({ added, removed, changed, rewired, rerun }: RunRevision): string {
  const parts = [
    added.length > 0 && `adds ${added.join(', ')}`,
    removed.length > 0 && `takes away ${removed.join(', ')}`,
    changed.length > 0 && `changes ${changed.map(({ step }) => step).join(', ')}`,
    rewired.length > 0 && `rewires ${rewired.join(', ')}`,
    rerun.length > 0 && `runs ${rerun.join(', ')} anew`,
  ];
  return parts.filter((part) => part !== false).join('; ');
}
