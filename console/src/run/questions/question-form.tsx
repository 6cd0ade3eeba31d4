/** The fields of a form made from JSON Schema, with the faults at their places. */
import { Choice, Field, TextArea, TextInput } from '../../parts/field.tsx';
import { Button } from '../../parts/button.tsx';
import { kindOf, type FieldSchema, type Reading, type Typed } from './form-value.ts';

interface QuestionFormProps {
  readonly schema: FieldSchema;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  /** Shown once somebody has tried to send. */
  readonly faults: Reading['faults'];
}

/** Choices of at most this many are buttons with numbers. */
const MOST_BUTTONS = 9;

export function QuestionForm({ schema, typed, onType, faults }: QuestionFormProps) {
  return (
    <div className="flex flex-col gap-3">
      <Fields schema={schema} typed={typed} onType={onType} faults={faults} path="" name="Answer" isNeeded />
    </div>
  );
}

interface FieldsProps extends QuestionFormProps {
  readonly path: string;
  readonly name: string;
  readonly isNeeded: boolean;
}

function Fields({ schema, path, name, isNeeded, ...rest }: FieldsProps) {
  if (kindOf(schema) !== 'group')
    return <One schema={schema} path={path} name={name} isNeeded={isNeeded} {...rest} />;
  const members = Object.entries(schema.properties ?? {}).map(([member, of]) => (
    <Fields
      key={member}
      schema={of}
      path={path === '' ? member : `${path}.${member}`}
      name={member}
      isNeeded={isNeeded && (schema.required ?? []).includes(member)}
      {...rest}
    />
  ));
  if (path === '') return members;
  return (
    <fieldset className="flex flex-col gap-3 rounded-(--radius) border border-line p-3">
      <legend className="px-1 text-sm font-medium">{schema.title ?? name}</legend>
      {members}
    </fieldset>
  );
}

function One({ schema, path, name, isNeeded, typed, onType, faults }: FieldsProps) {
  const value = typed[path];
  const set = (to: string | boolean) => onType({ ...typed, [path]: to });
  const label = schema.title ?? name;
  const common = { label, required: isNeeded, help: schema.description, fault: faults[path] };
  const text = typeof value === 'string' ? value : '';
  switch (kindOf(schema)) {
    case 'boolean':
      return (
        <YesNo
          label={label}
          help={schema.description}
          isNeeded={isNeeded}
          fault={faults[path]}
          value={value}
          set={set}
        />
      );
    case 'choice':
      return <Choices {...common} schema={schema} text={text} set={set} />;
    case 'number':
    case 'integer':
      return (
        <Field {...common}>
          {(ids) => (
            <TextInput
              {...ids}
              inputMode="decimal"
              value={text}
              onChange={({ target }) => set(target.value)}
            />
          )}
        </Field>
      );
    case 'list':
      return (
        <Field {...common} help={schema.description ?? 'One a line.'}>
          {(ids) => <TextArea {...ids} value={text} onChange={({ target }) => set(target.value)} />}
        </Field>
      );
    case 'json':
    case 'group':
      return (
        <Field {...common} help={schema.description ?? 'As JSON.'}>
          {(ids) => (
            <TextArea
              {...ids}
              className="font-mono"
              spellCheck={false}
              value={text}
              onChange={({ target }) => set(target.value)}
            />
          )}
        </Field>
      );
    case 'text':
      return (
        <Field {...common}>
          {(ids) => <TextArea {...ids} rows={2} value={text} onChange={({ target }) => set(target.value)} />}
        </Field>
      );
  }
}

interface YesNoProps {
  readonly label: string;
  readonly help: string | undefined;
  readonly isNeeded: boolean;
  readonly fault: string | undefined;
  readonly value: string | boolean | undefined;
  readonly set: (to: boolean) => void;
}

function YesNo({ label, help, isNeeded, fault, value, set }: YesNoProps) {
  return (
    <Field label={label} help={help} required={isNeeded} fault={fault}>
      {(ids) => (
        <div {...ids} role="group" aria-label={label} className="flex gap-2">
          {[true, false].map((one) => (
            <Button
              key={String(one)}
              kind={value === one ? 'primary' : 'normal'}
              aria-pressed={value === one}
              onClick={() => set(one)}
            >
              {one ? 'Yes' : 'No'}
            </Button>
          ))}
        </div>
      )}
    </Field>
  );
}

interface ChoicesProps {
  readonly label: string;
  readonly help: string | undefined;
  readonly required: boolean;
  readonly fault: string | undefined;
  readonly schema: FieldSchema;
  readonly text: string;
  readonly set: (to: string) => void;
}

function Choices({ schema, text, set, ...common }: ChoicesProps) {
  const choices = (schema.enum ?? []).map((one) => String(one as string));
  return (
    <Field {...common}>
      {(ids) =>
        choices.length > MOST_BUTTONS ? (
          <Choice {...ids} value={text} onChange={({ target }) => set(target.value)}>
            <option value="">choose</option>
            {choices.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Choice>
        ) : (
          <div {...ids} role="group" aria-label={common.label} className="flex flex-wrap gap-2">
            {choices.map((one) => (
              <Button
                key={one}
                kind={text === one ? 'primary' : 'normal'}
                aria-pressed={text === one}
                onClick={() => set(one)}
              >
                {one}
              </Button>
            ))}
          </div>
        )
      }
    </Field>
  );
}
