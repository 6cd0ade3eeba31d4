/** Restore or fork, with what it would do asked of the run at each change of what is wanted. */
import { listed } from '../../words/listed.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { Checkpoint, ForkAnswer, RestorePreview } from '../../api/generated.ts';
import { Choice, Field, TextArea, TextInput } from '../../parts/field.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { useRun } from '../run-context.tsx';
import { CommandDialog, Refusal } from '../../parts/command-dialog.tsx';
import { ReasonField } from '../steering/reason-field.tsx';
import { hasEnded } from '../steering/why-not.ts';
import { bodyOf, NOTHING, type Wanted } from './go-back.ts';

export type Way = 'restore' | 'fork';

interface GoBackDialogProps {
  readonly way: Way;
  readonly checkpoint: Checkpoint;
  readonly onClose: () => void;
}

export function GoBackDialog({ way, checkpoint: { number, label }, onClose }: GoBackDialogProps) {
  const { run, steps } = useRun();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState<Wanted>(NOTHING);
  const { body, fault } = bodyOf(way, number, wanted);
  const preview = usePreview(way, run.id, useDeferredValue(body), fault === undefined);
  const unread = preview.data?.flatMap(({ messages }) => messages.filter((one) => one.unread)) ?? [];
  const missing = way === 'restore' ? unread.filter(({ seq }) => !wanted.drop.includes(seq)) : [];
  const go = useCommand({
    done: way === 'restore' ? 'The run was set back' : 'Forked',
    runId: run.id,
    send: () => send(way, run.id, { ...body, ...author() }),
    onDone: (data) => {
      onClose();
      const [fork] = way === 'fork' ? runsOf(data as ForkAnswer) : [];
      if (fork !== undefined) void navigate({ to: '/runs/$id', params: { id: fork } });
    },
  });
  const set = (change: Partial<Wanted>) => setWanted({ ...wanted, ...change });
  const whyNot =
    fault !== undefined
      ? `The inputs: ${fault}.`
      : preview.isPending
        ? 'What it would do is being worked out.'
        : (preview.error?.message ??
          (missing.length > 0 ? 'Messages that nobody has read would be lost: see below.' : undefined));
  return (
    <CommandDialog
      wide
      title={`${way === 'restore' ? 'Restore' : 'Fork from'} checkpoint ${number}${label === null ? '' : `: ${label}`}`}
      description={
        way === 'restore'
          ? 'The same run goes on from there. What came later is superseded, and stays readable.'
          : 'Another run begins with the state of then. This one stays as it is.'
      }
      verb={way === 'restore' ? 'Restore' : 'Fork'}
      danger={way === 'restore'}
      onClose={onClose}
      onSend={() => go.mutate()}
      isSending={go.isPending}
      error={go.error}
      why={whyNot}
      request={{
        method: 'POST',
        path: `/api/v1/runs/${run.id}/${way === 'restore' ? 'restore' : 'forks'}`,
        body,
      }}
      command={[
        way,
        run.id,
        String(number),
        ...(wanted.from === '' ? [] : ['--from', wanted.from]),
        ...(wanted.model === '' ? [] : ['--model', wanted.model]),
      ]}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="flex flex-col gap-3">
          <Field label="Do anew from" help="The step and all that depends on it, though it had settled.">
            {(ids) => (
              <Choice {...ids} value={wanted.from} onChange={({ target }) => set({ from: target.value })}>
                <option value="">nothing: go on from there</option>
                {steps.map(({ key }) => (
                  <option key={key}>{key}</option>
                ))}
              </Choice>
            )}
          </Field>
          <Field label="Prompt" help="Of that step, in place of its own.">
            {(ids) => (
              <TextArea
                {...ids}
                rows={2}
                value={wanted.prompt}
                onChange={({ target }) => set({ prompt: target.value })}
              />
            )}
          </Field>
          <Field label="Model">
            {(ids) => (
              <TextInput
                {...ids}
                placeholder="provider/model"
                value={wanted.model}
                onChange={({ target }) => set({ model: target.value })}
              />
            )}
          </Field>
          <Field label="Inputs that change" fault={fault}>
            {(ids) => (
              <TextArea
                {...ids}
                rows={2}
                className="font-mono"
                spellCheck={false}
                placeholder="{ }"
                value={wanted.inputs}
                onChange={({ target }) => set({ inputs: target.value })}
              />
            )}
          </Field>
          {way === 'fork' && (
            <Field label="Variants" help="Models by comma: one branch each.">
              {(ids) => (
                <TextInput
                  {...ids}
                  value={wanted.variants}
                  onChange={({ target }) => set({ variants: target.value })}
                />
              )}
            </Field>
          )}
          {way === 'restore' && !hasEnded(run) && (
            <Field label="What is under way">
              {(ids) => (
                <Choice
                  {...ids}
                  value={wanted.mode}
                  onChange={({ target }) => set({ mode: target.value as Wanted['mode'] })}
                >
                  <option value="drain">comes to its end first</option>
                  <option value="abort">is stopped</option>
                </Choice>
              )}
            </Field>
          )}
          {run.workspace_path !== null && (
            <Field label="Files">
              {(ids) => (
                <Choice
                  {...ids}
                  value={wanted.files}
                  onChange={({ target }) => set({ files: target.value as Wanted['files'] })}
                >
                  <option value="restore">as they were then</option>
                  <option value="keep">as they are now</option>
                </Choice>
              )}
            </Field>
          )}
          <ReasonField value={wanted.reason} onChange={(reason) => set({ reason })} />
        </div>
        <section
          aria-label="What it would do"
          aria-live="polite"
          className="rounded-(--radius) bg-surface p-3 text-sm"
        >
          {preview.error !== null && fault === undefined && <Refusal error={preview.error} />}
          {preview.data === undefined && preview.error === null && <Skeleton className="h-32" />}
          {preview.data?.map((one, at) => (
            <Preview key={at} preview={one} />
          ))}
          {missing.length > 0 && (
            <label className="mt-2 flex items-start gap-2">
              <input
                type="checkbox"
                className="mt-0.5 size-4 accent-(--accent)"
                checked={false}
                onChange={() => set({ drop: unread.map(({ seq }) => seq) })}
              />
              Drop what nobody has read:{' '}
              {missing
                .map(({ content, author: by }) => `“${content ?? ''}” (${by ?? 'somebody'})`)
                .join(', ')}
            </label>
          )}
        </section>
      </div>
    </CommandDialog>
  );
}

function usePreview(way: Way, runId: string, body: Record<string, unknown>, isWhole: boolean) {
  const { drop_messages: _, ...rest } = body;
  return useQuery({
    queryKey: ['run', runId, way, JSON.stringify(rest)],
    enabled: isWhole,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<readonly RestorePreview[]> => {
      const { data } = await send(way, runId, { ...rest, dry_run: true });
      return previewsOf(data);
    },
  });
}

function send(way: Way, runId: string, body: Record<string, unknown>) {
  const params = { path: { id: runId } };
  return way === 'restore'
    ? answerOf<unknown>(api.POST('/api/v1/runs/{id}/restore', { params, body: body as never }))
    : answerOf<unknown>(api.POST('/api/v1/runs/{id}/forks', { params, body: body as never }));
}

function previewsOf(answer: unknown): readonly RestorePreview[] {
  const { preview, forks } = answer as {
    preview?: RestorePreview;
    forks?: readonly { preview: RestorePreview }[];
  };
  if (preview !== undefined) return [preview];
  return forks?.map((fork) => fork.preview) ?? [];
}

function runsOf(answer: ForkAnswer): readonly string[] {
  if ('items' in answer) return answer.items.map(({ run }) => run.id);
  return 'id' in answer ? [answer.id] : [];
}

function Preview({
  preview: { kept, runs_again: again, dropped, may_repeat: repeat, given, files, messages, plan },
}: {
  readonly preview: RestorePreview;
}) {
  const lines: readonly (readonly [string, string, boolean])[] = [
    ['Kept', listed(kept, 12), false],
    ['Runs again', listed(again, 12), false],
    ['Dropped', listed(dropped, 12), false],
    ['Could happen twice in the world', listed(repeat, 12), repeat.length > 0],
    ['Given', listed(given, 12), false],
    [
      'Files',
      files === null
        ? 'none'
        : { back: 'as they were then', stay: 'as they are', anew: 'a workspace is made anew' }[files.what],
      false,
    ],
    ['Said since', messages.length === 0 ? 'nothing' : `${messages.length} messages`, false],
    [
      'Plan',
      plan === null
        ? 'the same'
        : listed([...plan.added, ...plan.removed, ...plan.changed.map(({ step }) => step)], 12),
      false,
    ],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 not-first:mt-3 not-first:border-t not-first:border-line not-first:pt-3">
      {lines.map(([name, text, isWarning]) => (
        <div key={name} className="contents">
          <dt className="text-quiet">{name}</dt>
          <dd className={isWarning ? 'font-medium wrap-anywhere text-need' : 'wrap-anywhere'}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
