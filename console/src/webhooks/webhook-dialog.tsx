/** The form of a webhook: a new one of any kind, or a change of one. */
import { useState } from 'react';
import { api, dataOf, problemOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Webhook, WebhookWithSecret } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { usePreferences } from '../app/preferences.ts';
import { CommandDialog } from '../parts/command-dialog.tsx';
import { Choice, Field, TextArea, TextInput } from '../parts/field.tsx';
import { fieldFaults } from '../parts/field-faults.ts';
import { EventChoice } from './event-choice.tsx';
import { WEBHOOKS } from './queries.ts';
import { changeOf, commandOf, contentOf, ofKind, typedOf, type Kind, type Typed } from './webhook-form.ts';
import { titleOf, whereTo } from './webhook-words.ts';

interface WebhookDialogProps {
  /** Undefined: a new one. */
  readonly webhook?: Webhook;
  readonly onClose: () => void;
  /** Of a new one that is signed, with its secret. */
  readonly onDone: (webhook: Webhook | WebhookWithSecret) => void;
}

const KINDS: Readonly<Record<Kind, string>> = {
  webhook: 'A program, by a signed POST',
  slack: 'People in Slack',
  email: 'People by e-mail',
};

export default function WebhookDialog({ webhook, onClose, onDone }: WebhookDialogProps) {
  const [typed, setTyped] = useState(() => typedOf(webhook));
  const isNew = webhook === undefined;
  const body = isNew ? contentOf(typed) : changeOf(typed);
  const save = useChange<Webhook | WebhookWithSecret>({
    shown: WEBHOOKS,
    done: (saved) => `${isNew ? 'Added' : 'Changed'} ${titleOf(saved)}`,
    send: () =>
      isNew
        ? dataOf(api.POST('/api/v1/webhooks', { body: { ...contentOf(typed), ...author() } }))
        : dataOf(
            api.PUT('/api/v1/webhooks/{webhook}', {
              params: { path: { webhook: webhook.id } },
              body: { ...changeOf(typed), ...author() },
            }),
          ),
    onDone,
  });
  // What was said of what was there before says nothing of what is there now.
  const type = (change: Partial<Typed>) => {
    if (save.error !== null) save.reset();
    setTyped((now) => ({ ...now, ...change }));
  };
  const faults = fieldFaults(problemOf(save.error), { webhook_exists: 'name', invalid_filter: 'filter' });
  const place = isNew ? '/api/v1/webhooks' : `/api/v1/webhooks/${webhook.id}`;
  return (
    <CommandDialog
      title={isNew ? 'Tell somebody of events' : `Change ${titleOf(webhook)}`}
      description="Events of runs, steps, questions and limits are sent as they happen, and tried again for a day."
      verb={isNew ? 'Add' : 'Change'}
      onClose={onClose}
      onSend={() => save.mutate()}
      isSending={save.isPending}
      error={save.error}
      why={whyNot(typed, isNew)}
      request={{ method: isNew ? 'POST' : 'PUT', path: place, body }}
      command={commandOf(typed, webhook?.id)}
    >
      {isNew && (
        <Field label="Who is told">
          {(ids) => (
            <Choice
              {...ids}
              value={typed.kind}
              onChange={({ target }) => setTyped((now) => ofKind(now, target.value as Kind))}
            >
              {Object.entries(KINDS).map(([kind, words]) => (
                <option key={kind} value={kind}>
                  {words}
                </option>
              ))}
            </Choice>
          )}
        </Field>
      )}
      <Target typed={typed} type={type} now={webhook} faults={faults} />
      <Field
        label="Name"
        fault={faults['name']}
        help="By which definitions name it (notify.to), and commands. Letters, digits, “.”, “_”, “-”."
      >
        {(ids) => (
          <TextInput {...ids} value={typed.name} onChange={({ target }) => type({ name: target.value })} />
        )}
      </Field>
      <EventChoice chosen={typed.events} fault={faults['events']} onChange={(events) => type({ events })} />
      <Wishes typed={typed} type={type} faults={faults} />
    </CommandDialog>
  );
}

interface PartProps {
  readonly typed: Typed;
  readonly type: (change: Partial<Typed>) => void;
  readonly faults: Readonly<Record<string, string | undefined>>;
}

function Target({ typed, type, now, faults }: PartProps & { readonly now: Webhook | undefined }) {
  if (typed.kind === 'email')
    return (
      <Field
        label="E-mail addresses"
        required
        fault={faults['addresses']}
        help="At most 20, parted by commas. The operator sets the server by which they go out (BATON_SMTP_URL)."
      >
        {(ids) => (
          <TextArea
            {...ids}
            rows={2}
            value={typed.addresses}
            onChange={({ target }) => type({ addresses: target.value })}
          />
        )}
      </Field>
    );
  const help =
    typed.kind === 'slack' ? 'Of an incoming webhook of Slack. It is not shown again.' : 'An https: address.';
  return (
    <Field
      label="URL"
      required={now === undefined}
      fault={faults['url']}
      help={now === undefined ? help : `Now ${whereTo(now)}. Leave it empty, and it stays.`}
    >
      {(ids) => (
        <TextInput
          {...ids}
          type="url"
          value={typed.url}
          placeholder={
            typed.kind === 'slack' ? 'https://hooks.slack.com/services/…' : 'https://hooks.team.example/baton'
          }
          onChange={({ target }) => type({ url: target.value })}
        />
      )}
    </Field>
  );
}

function Wishes({ typed, type, faults }: PartProps) {
  const { name } = usePreferences();
  return (
    <>
      <Field
        label="Only of runs that fit"
        fault={faults['filter']}
        help="A filter as in the list of runs, such as: label:team=payments. Empty: of all."
      >
        {(ids) => (
          <TextInput
            {...ids}
            value={typed.filter}
            onChange={({ target }) => type({ filter: target.value })}
          />
        )}
      </Field>
      <Field
        label="Only for"
        fault={faults['for']}
        help="A person: questions that name them, and runs that they started. Empty: for everybody."
      >
        {(ids) => (
          <TextInput
            {...ids}
            value={typed.person}
            placeholder={name}
            onChange={({ target }) => type({ person: target.value })}
          />
        )}
      </Field>
      <Field label="Description" fault={faults['description']}>
        {(ids) => (
          <TextInput
            {...ids}
            maxLength={500}
            value={typed.description}
            onChange={({ target }) => type({ description: target.value })}
          />
        )}
      </Field>
    </>
  );
}

function whyNot({ kind, url, addresses }: Typed, isNew: boolean): string | undefined {
  if (kind === 'email') return addresses.trim() === '' ? 'It needs an address.' : undefined;
  return isNew && url.trim() === '' ? 'It needs a URL.' : undefined;
}
