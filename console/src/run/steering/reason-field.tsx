/** Why a command is given: it stands in the conversation and in the record. */
import { Field, TextInput } from '../../parts/field.tsx';

interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
  /** It is what one types first. */
  readonly isFirst?: boolean;
}

export function ReasonField({ value, onChange, label = 'Reason', isFirst = false }: ReasonFieldProps) {
  return (
    <Field label={label} help="Stands in the conversation, for those who look later.">
      {(ids) => (
        <TextInput
          {...ids}
          value={value}
          maxLength={2_000}
          autoFocus={isFirst}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

/** A member that is left out while nothing was typed. */
export function said<Name extends string>(name: Name, value: string): Partial<Record<Name, string>> {
  return (value.trim() === '' ? {} : { [name]: value.trim() }) as Partial<Record<Name, string>>;
}
