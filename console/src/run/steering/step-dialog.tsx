/** The dialog of a command on one step. */
import { parsedJson } from '../../words/json.ts';
import { useState } from 'react';
import { author, useCommand } from '../../api/commands.ts';
import type { Run, Step } from '../../api/generated.ts';
import { Field, TextArea } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { ReasonField, said } from './reason-field.tsx';
import { sendStepCommand, type StepOffer } from './step-command.ts';

interface StepDialogProps {
  readonly run: Pick<Run, 'id'>;
  readonly step: Step;
  readonly offer: StepOffer;
  readonly onClose: () => void;
}

export function StepDialog({ run, step, offer, onClose }: StepDialogProps) {
  const { action, label, does, value: takes, danger = false } = offer;
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const value = parsedJson(text);
  const body = { ...said('reason', reason), ...author(), ...(value !== undefined && { value }) };
  const send = useCommand({
    done: `${label}: done`,
    runId: run.id,
    send: (_: void, id) => sendStepCommand(action, run.id, step.key, { ...body, id }),
    onDone: onClose,
  });
  const whyNot =
    text.trim() !== '' && value === undefined
      ? 'The value is no JSON.'
      : takes === 'needed' && value === undefined
        ? 'Give the new result.'
        : undefined;
  return (
    <CommandDialog
      title={`${label}: ${step.title}`}
      description={does}
      verb={label}
      danger={danger}
      onClose={onClose}
      onSend={() => send.mutate()}
      isSending={send.isPending}
      error={send.error}
      why={whyNot}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/steps/${step.key}/${action}`, body }}
      command={
        action === 'compact'
          ? ['compact', run.id, step.key]
          : ['step', action, run.id, step.key, ...(value === undefined ? [] : ['--value', text.trim()])]
      }
    >
      <ReasonField isFirst value={reason} onChange={setReason} />
      {takes !== 'none' && (
        <Field
          label="Result"
          required={takes === 'needed'}
          help="As JSON, at most 32 KB."
          fault={
            text.trim() !== '' && value === undefined ? 'is no JSON: a text needs quotation marks' : undefined
          }
        >
          {(ids) => (
            <TextArea
              {...ids}
              className="font-mono"
              spellCheck={false}
              rows={5}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      )}
    </CommandDialog>
  );
}
