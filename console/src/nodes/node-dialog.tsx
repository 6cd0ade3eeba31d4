/** A node that Baton calls: named, or all of it changed. */
import { useState } from 'react';
import { api, dataOf, problemOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Node } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { CommandDialog } from '../parts/command-dialog.tsx';
import { Field, TextInput } from '../parts/field.tsx';
import { fieldFaults } from '../parts/field-faults.ts';
import { nameValuesIn, nameValuesText, wordsIn } from '../words/name-values.ts';
import { priceWords } from './node-words.ts';
import { NODES } from './queries.ts';

interface NodeDialogProps {
  /** Undefined: a new one. */
  readonly node?: Node;
  readonly onClose: () => void;
  readonly onDone: (id: string) => void;
}

export default function NodeDialog({ node, onClose, onDone }: NodeDialogProps) {
  const [typed, setTyped] = useState(() => textsOf(node));
  const { content, faults } = contentOf(typed);
  const put = useChange({
    shown: NODES,
    done: ({ id }) => (node === undefined ? `${id} is called when there is work for it` : `Changed ${id}`),
    send: () =>
      dataOf(
        api.PUT('/api/v1/nodes/{node}', {
          params: { path: { node: typed.name } },
          body: { ...content, ...author() },
        }),
      ),
    onDone: ({ id }) => onDone(id),
  });
  // What was said of what was there before says nothing of what is there now.
  const type = (change: Partial<Typed>) => {
    if (put.error !== null) put.reset();
    setTyped((now) => ({ ...now, ...change }));
  };
  const told = { ...fieldFaults(problemOf(put.error), { node_taken: 'name' }), ...faults };
  const price = content.price ?? null;
  return (
    <CommandDialog
      title={node === undefined ? 'Add a node that Baton calls' : `Change ${node.id}`}
      description="It serves ExecuteNode of baton.v1.NodeService. Nodes that come by themselves need not be added."
      verb={node === undefined ? 'Add' : 'Change'}
      onClose={onClose}
      onSend={() => put.mutate()}
      isSending={put.isPending}
      error={put.error}
      why={whyNot(typed, faults)}
      request={{ method: 'PUT', path: `/api/v1/nodes/${encodeURIComponent(typed.name)}`, body: content }}
      command={commandOf(typed)}
    >
      {node === undefined && (
        <Field label="Name" required fault={told['name'] ?? told['node']}>
          {(ids) => (
            <TextInput {...ids} value={typed.name} onChange={({ target }) => type({ name: target.value })} />
          )}
        </Field>
      )}
      <Field
        label="Address"
        required
        fault={told['address']}
        help="grpc://HOST:PORT, or grpcs:// with TLS. Private ones need BATON_ALLOW_PRIVATE_NETWORK=1 of the worker."
      >
        {(ids) => (
          <TextInput
            {...ids}
            value={typed.address}
            placeholder="grpc://10.0.0.7:50051"
            onChange={({ target }) => type({ address: target.value })}
          />
        )}
      </Field>
      <Field label="Capabilities" fault={told['capabilities']} help="What it can do, such as: render, count">
        {(ids) => (
          <TextInput
            {...ids}
            value={typed.capabilities}
            onChange={({ target }) => type({ capabilities: target.value })}
          />
        )}
      </Field>
      <Field label="Labels" fault={told['labels']} help="Such as: gpu=a100, zone=b">
        {(ids) => (
          <TextInput
            {...ids}
            value={typed.labels}
            onChange={({ target }) => type({ labels: target.value })}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Slots" fault={told['slots']} help="How much it does at once.">
          {(ids) => (
            <TextInput
              {...ids}
              inputMode="numeric"
              value={typed.slots}
              onChange={({ target }) => type({ slots: target.value })}
            />
          )}
        </Field>
        <Field
          label="Price"
          fault={told['price']}
          help={price === null ? 'Micro-dollars a second; empty: unknown.' : `That is ${priceWords(price)}.`}
        >
          {(ids) => (
            <TextInput
              {...ids}
              inputMode="numeric"
              value={typed.price}
              onChange={({ target }) => type({ price: target.value })}
            />
          )}
        </Field>
      </div>
    </CommandDialog>
  );
}

interface Typed {
  readonly name: string;
  readonly address: string;
  readonly capabilities: string;
  readonly labels: string;
  readonly slots: string;
  readonly price: string;
}

function textsOf(node: Node | undefined): Typed {
  if (node === undefined)
    return { name: '', address: '', capabilities: '', labels: '', slots: '1', price: '' };
  return {
    name: node.id,
    address: node.address ?? '',
    capabilities: node.capabilities.join(', '),
    labels: nameValuesText(node.labels),
    slots: String(node.slots),
    price: node.price === null ? '' : String(node.price),
  };
}

/** What is sent; what cannot be read is told at its field. */
function contentOf({ address, capabilities, labels: text, slots, price }: Typed) {
  const labels = nameValuesIn(text);
  const faults: Record<string, string> = {
    ...(typeof labels === 'string' && { labels }),
    ...(!/^\d{1,6}$/.test(slots.trim()) && { slots: 'Say how many, as a number.' }),
    ...(!/^\d{0,12}$/.test(price.trim()) && { price: 'Say it as a whole number.' }),
  };
  const content = {
    address: address.trim(),
    capabilities: wordsIn(capabilities),
    labels: typeof labels === 'string' ? {} : labels,
    slots: Number(slots),
    price: price.trim() === '' || faults['price'] !== undefined ? null : Number(price),
  };
  return { content, faults };
}

function whyNot({ name, address }: Typed, faults: Readonly<Record<string, string>>): string | undefined {
  if (name.trim() === '') return 'It needs a name.';
  if (address.trim() === '') return 'It needs an address.';
  return Object.values(faults)[0];
}

function commandOf({ name, address, capabilities, labels, slots, price }: Typed): readonly string[] {
  const values = nameValuesIn(labels);
  return [
    ...['nodes', 'add', name, '--address', address],
    ...wordsIn(capabilities).flatMap((one) => ['--capability', one]),
    ...(typeof values === 'string'
      ? []
      : Object.entries(values).flatMap(([k, v]) => ['--label', `${k}=${v}`])),
    ...['--slots', slots],
    ...(price.trim() === '' ? [] : ['--price', price]),
  ];
}
