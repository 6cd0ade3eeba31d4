/** The fields of a form made from JSON Schema, with the faults at their places. */
import { Choice, Field, TextArea, TextInput } from '../../parts/field.tsx';
import { Button } from '../../parts/button.tsx';
import { useActions } from '../../app/actions.ts';
import { kindOf, type FieldSchema, type Reading, type Typed } from './form-value.ts';
import { MOST_KEYS } from './number-keys.ts';

interface QuestionFormProps {
  readonly schema: FieldSchema;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  /** Shown once somebody has tried to send. */
  readonly faults: Reading['faults'];
  /** The field that numbers choose in; undefined: none. */
  readonly keyed: string | undefined;
  /** Somebody has chosen by a number. */
  readonly onKey: () => void;
}

export function QuestionForm(props: QuestionFormProps) {
  return (
    <div className="flex flex-col gap-3">
      <Fields {...props} path="" name="Answer" isNeeded />
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

function One({ schema, path, name, isNeeded, typed, onType, faults, keyed, onKey }: FieldsProps) {
  const value = typed[path];
  const set = (to: string | boolean) => onType({ ...typed, [path]: to });
  const label = schema.title ?? name;
  const common = { label, required: isNeeded, help: schema.description, fault: faults[path] };
  const text = typeof value === 'string' ? value : '';
  const isKeyed = path === keyed;
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
          isKeyed={isKeyed}
          onKey={onKey}
        />
      );
    case 'choice':
      return <Choices {...common} schema={schema} text={text} set={set} isKeyed={isKeyed} onKey={onKey} />;
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

interface KeyedProps {
  readonly isKeyed: boolean;
  readonly onKey: () => void;
}

/** `1` to `9` choose while the field is there. @returns the key of a choice */
function useNumberKeys<T>(
  choices: readonly T[],
  words: (choice: T) => string,
  set: (choice: T) => void,
  { isKeyed, onKey }: KeyedProps,
): (choice: T) => string | undefined {
  const keyOf = (choice: T) =>
    isKeyed && choices.length <= MOST_KEYS ? String(choices.indexOf(choice) + 1) : undefined;
  const act = (choice: T) => () => {
    set(choice);
    onKey();
  };
  useActions(
    choices.flatMap((choice) => {
      const keys = keyOf(choice);
      return keys === undefined
        ? []
        : [{ label: `Choose ${words(choice)}`, group: 'Question', keys, act: act(choice) }];
    }),
  );
  return keyOf;
}

interface YesNoProps extends KeyedProps {
  readonly label: string;
  readonly help: string | undefined;
  readonly isNeeded: boolean;
  readonly fault: string | undefined;
  readonly value: string | boolean | undefined;
  readonly set: (to: boolean) => void;
}

const YES_NO = [true, false];

function YesNo({ label, help, isNeeded, fault, value, set, ...keyed }: YesNoProps) {
  const keyOf = useNumberKeys(YES_NO, (one) => (one ? 'Yes' : 'No'), set, keyed);
  return (
    <Field label={label} help={help} required={isNeeded} fault={fault}>
      {(ids) => (
        <div {...ids} role="group" aria-label={label} className="flex gap-2">
          {YES_NO.map((one) => (
            <Button
              key={String(one)}
              kind={value === one ? 'primary' : 'normal'}
              aria-pressed={value === one}
              shortcut={keyOf(one)}
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

interface ChoicesProps extends KeyedProps {
  readonly label: string;
  readonly help: string | undefined;
  readonly required: boolean;
  readonly fault: string | undefined;
  readonly schema: FieldSchema;
  readonly text: string;
  readonly set: (to: string) => void;
}

function Choices({ schema, text, set, isKeyed, onKey, ...common }: ChoicesProps) {
  const choices = (schema.enum ?? []).map((one) => String(one as string));
  const keyOf = useNumberKeys(choices, (one) => one, set, { isKeyed, onKey });
  return (
    <Field {...common}>
      {(ids) =>
        choices.length > MOST_KEYS ? (
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
                shortcut={keyOf(one)}
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
