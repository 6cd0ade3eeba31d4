/** Limits of a run or of one agent, from now on. */
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import { Field, TextInput } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { ReasonField, said } from './reason-field.tsx';
import type { RunDialogProps } from './run-dialogs.ts';

const FIELDS = [
  { name: 'max_turns', label: 'Turns', flag: '--turns', form: /^[1-9]\d{0,8}$/ },
  { name: 'max_tokens', label: 'Tokens', flag: '--tokens', form: /^[1-9]\d{0,14}$/ },
  { name: 'max_cost_usd', label: 'Dollars', flag: '--cost', form: /^\d+(\.\d+)?$/ },
] as const;
type Name = (typeof FIELDS)[number]['name'];

interface LimitsDialogProps extends RunDialogProps {
  /** Of this agent; undefined: of all agents of the run together. */
  readonly step?: string | undefined;
}

export function LimitsDialog({ run, step, onClose }: LimitsDialogProps) {
  const [values, setValues] = useState<Readonly<Record<Name, string>>>({
    max_turns: '',
    max_tokens: '',
    max_cost_usd: '',
  });
  const [reason, setReason] = useState('');
  const given = FIELDS.filter(({ name }) => values[name].trim() !== '');
  const wrong = given.filter(({ name, form }) => !form.test(values[name].trim()));
  const numbers = Object.fromEntries(given.map(({ name }) => [name, Number(values[name])]));
  const body = { ...numbers, ...said('reason', reason), ...author() };
  const path =
    step === undefined ? `/api/v1/runs/${run.id}/limits` : `/api/v1/runs/${run.id}/steps/${step}/limits`;
  const set = useCommand({
    done: 'Limits set',
    runId: run.id,
    send: (_: void, id) =>
      step === undefined
        ? answerOf(
            api.POST('/api/v1/runs/{id}/limits', { params: { path: { id: run.id } }, body: { ...body, id } }),
          )
        : answerOf(
            api.POST('/api/v1/runs/{id}/steps/{key}/limits', {
              params: { path: { id: run.id, key: step } },
              body: { ...body, id },
            }),
          ),
    onDone: onClose,
  });
  const whyNot =
    given.length === 0 ? 'Give at least one limit.' : wrong.length > 0 ? 'A limit is no number.' : undefined;
  return (
    <CommandDialog
      title={step === undefined ? 'Limits of the run' : `Limits of ${step}`}
      description="What may be used up in all. What is left empty stays as it is."
      verb="Set"
      onClose={onClose}
      onSend={() => set.mutate()}
      isSending={set.isPending}
      error={set.error}
      why={whyNot}
      request={{ method: 'POST', path, body }}
      command={[
        'limits',
        run.id,
        ...(step === undefined ? [] : [step]),
        ...given.flatMap(({ flag, name }) => [flag, values[name]]),
      ]}
    >
      <div className="grid grid-cols-3 gap-3">
        {FIELDS.map(({ name, label, form }) => (
          <Field
            key={name}
            label={label}
            fault={values[name] !== '' && !form.test(values[name].trim()) ? 'is no number' : undefined}
          >
            {(ids) => (
              <TextInput
                {...ids}
                inputMode="decimal"
                value={values[name]}
                onChange={({ target }) => setValues({ ...values, [name]: target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <ReasonField value={reason} onChange={setReason} />
    </CommandDialog>
  );
}
