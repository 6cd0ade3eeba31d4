/** A small editor for a JSON value, with faults in place. An empty one is no fault: nothing is given. */
import { jsonParseLinter } from '@codemirror/lang-json';
import { linter } from '@codemirror/lint';
import CodeEditor from '../../parts/code-editor.tsx';

interface JsonInputProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
}

const faults = jsonParseLinter();
const FAULTS = linter((view) => (view.state.doc.length === 0 ? [] : faults(view)));

export default function JsonInput({ value, onChange, label }: JsonInputProps) {
  return (
    <CodeEditor
      value={value}
      onChange={onChange}
      language="json"
      label={label}
      extensions={FAULTS}
      className="h-32"
    />
  );
}
