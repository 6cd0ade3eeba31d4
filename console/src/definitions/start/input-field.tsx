/** One input of a run: a field of its type, with its description and what is wrong with what was typed. */
import { Suspense, useState, type DragEvent } from 'react';
import { lazyPart } from '../../api/part.ts';
import type { InputSpec } from '../../../../src/plan/plan.ts';
import { cn } from '../../parts/class-names.ts';
import { Choice, Field, TextArea, TextInput } from '../../parts/field.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { choicesOf, fieldKind, type FieldKind } from './start-form.ts';

const JsonInput = lazyPart(() => import('./json-input.tsx'));
/** What is larger belongs into a file that a step reads. */
const MOST_BYTES = 4 * 1024 * 1024;

interface InputFieldProps {
  readonly name: string;
  readonly spec: InputSpec;
  readonly draft: string;
  readonly fault: string | undefined;
  readonly onChange: (draft: string) => void;
}

export function InputField({ name, spec, draft, fault, onChange }: InputFieldProps) {
  const kind = fieldKind(spec);
  const label = (
    <>
      <span className="font-mono">{name}</span>{' '}
      <span className="font-normal text-quiet">{typeWords(spec)}</span>
    </>
  );
  if (kind === 'json') {
    return (
      <div className="flex flex-col gap-1">
        <div className="text-sm font-medium">
          {label}
          {spec.required && <span className="text-quiet"> (needed)</span>}
        </div>
        <Suspense fallback={<Skeleton className="h-32" />}>
          <JsonInput value={draft} onChange={onChange} label={`${name}, as JSON`} />
        </Suspense>
        <Told fault={fault} help={spec.description} />
      </div>
    );
  }
  return (
    <Field label={label} required={spec.required} help={spec.description ?? helpOf(kind)} fault={fault}>
      {(ids) => <Control {...{ ids, kind, spec, draft, onChange }} />}
    </Field>
  );
}

function Told({ fault, help }: { readonly fault: string | undefined; readonly help: string | null }) {
  if (fault === undefined) return <div className="text-xs text-quiet">{help}</div>;
  return (
    <div role="alert" className="text-xs text-fail">
      {fault}
    </div>
  );
}

interface ControlProps extends Pick<InputFieldProps, 'spec' | 'draft' | 'onChange'> {
  readonly ids: object;
  readonly kind: FieldKind;
}

function Control({ ids, kind, spec, draft, onChange }: ControlProps) {
  const change = ({ target }: { readonly target: { readonly value: string } }) => onChange(target.value);
  if (kind === 'choice') {
    return (
      <Choice {...ids} value={draft} onChange={change}>
        {(!spec.required || draft === '') && (
          <option value="">{spec.required ? 'Choose' : 'Not given'}</option>
        )}
        {choicesOf(spec).map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Choice>
    );
  }
  if (kind === 'number') return <TextInput {...ids} inputMode="decimal" value={draft} onChange={change} />;
  if (kind === 'line') return <TextInput {...ids} value={draft} onChange={change} />;
  return <DropText ids={ids} draft={draft} onChange={onChange} />;
}

/** A text; a file that is dropped on it is read into it. */
function DropText({ ids, draft, onChange }: Omit<ControlProps, 'kind' | 'spec'>) {
  const [isOver, setOver] = useState(false);
  const take = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file === undefined) return;
    if (file.size > MOST_BYTES)
      return tell('fault', `${file.name} is too large`, 'At most 4 MB can be handed over here.');
    const text = await file.text();
    if (text.includes('\ufffd') || text.includes('\0'))
      return tell('fault', `${file.name} is no text in UTF-8`);
    onChange(text);
  };
  return (
    <TextArea
      {...ids}
      rows={Math.min(8, Math.max(2, draft.split('\n').length))}
      className={cn('font-mono text-sm', isOver && 'border-accent bg-accent-wash')}
      value={draft}
      onChange={({ target }) => onChange(target.value)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void take(event)}
    />
  );
}

function typeWords({ type, default: normal }: InputSpec): string {
  return normal === undefined ? type : `${type}, has a default`;
}

function helpOf(kind: FieldKind): string | undefined {
  if (kind === 'free') return 'Read as JSON where it is JSON, else as text. A file can be dropped here.';
  return kind === 'text' ? 'A file can be dropped here.' : undefined;
}
