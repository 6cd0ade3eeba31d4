/** A finished step runs anew while its run goes on, with all that depends on it; what that means is asked of the run first. */
import { listed } from '../../words/listed.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, dataOf } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { Run, Step } from '../../api/generated.ts';
import { Skeleton } from '../../parts/states.tsx';
import { moneyWords } from '../../words/figures.ts';
import { CommandDialog, Refusal } from '../../parts/command-dialog.tsx';
import { ReasonField, said } from './reason-field.tsx';

interface RerunStepDialogProps {
  readonly run: Run;
  readonly step: Step;
  readonly onClose: () => void;
}

export function RerunStepDialog({ run, step, onClose }: RerunStepDialogProps) {
  const [reason, setReason] = useState('');
  const path = { path: { id: run.id } };
  const plan = { rerun: [step.key], expected_revision: run.revision };
  const preview = useQuery({
    queryKey: ['run', run.id, 'rerun-preview', step.key, run.revision],
    queryFn: ({ signal }) =>
      dataOf(api.POST('/api/v1/runs/{id}/edits', { params: path, body: { ...plan, dry_run: true }, signal })),
    retry: false,
  });
  const body = { ...plan, ...said('reason', reason), ...author() };
  const rerun = useCommand({
    done: 'It runs anew',
    runId: run.id,
    send: (_: void, id) =>
      answerOf(api.POST('/api/v1/runs/{id}/edits', { params: path, body: { ...body, id } })),
    onDone: onClose,
  });
  const fault = preview.data?.faults[0];
  return (
    <CommandDialog
      title={`Run anew: ${step.title}`}
      description="The step and all that depends on it run again. What they did before stays on record and stays counted."
      verb="Run anew"
      danger
      onClose={onClose}
      onSend={() => rerun.mutate()}
      isSending={rerun.isPending}
      error={rerun.error}
      why={
        preview.isPending
          ? 'What it would do is being worked out.'
          : (fault?.message ?? preview.error?.message)
      }
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/edits`, body }}
      command={['edit', run.id, '--rerun', step.key]}
    >
      {preview.isPending && <Skeleton className="h-24" />}
      {preview.error !== null && <Refusal error={preview.error} />}
      {preview.data !== undefined && (
        <ul className="list-disc pl-5 text-sm">
          {preview.data.faults.map(({ step: key, message }) => (
            <li key={`${key} ${message}`} className="text-fail">
              {message}
            </li>
          ))}
          <li>Runs again: {listed(preview.data.runs_again, 8)}.</li>
          {preview.data.may_repeat.length > 0 && (
            <li className="text-need">
              What {listed(preview.data.may_repeat, 8)} did in the world could happen twice.
            </li>
          )}
          <li>
            Expected from past runs: {moneyWords(Math.round(preview.data.expected.cost_usd * 1_000_000))} and{' '}
            {preview.data.expected.total_tokens.toLocaleString('en')} tokens.
          </li>
        </ul>
      )}
      <ReasonField isFirst value={reason} onChange={setReason} />
    </CommandDialog>
  );
}
