/** The form itself, of one version. Its Idempotency-Key is made once for what stands in it: who sends it again gets the same run. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';
import { writeJson } from '../../../../src/plan/exact-json.ts';
import type { InputSpec } from '../../../../src/plan/plan.ts';
import { api, dataOf, Refused } from '../../api/client.ts';
import type { StartRun, WorkflowDetail } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Field, TextArea, TextInput } from '../../parts/field.tsx';
import { faultWords } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { by } from '../publish.ts';
import { InputField } from './input-field.tsx';
import { commandOf, draftsOf, readDrafts, readLabels, type Specs } from './start-form.ts';

interface StartFormProps {
  readonly definition: WorkflowDetail;
  /** As it was chosen; undefined: the newest, whichever that is when it starts. */
  readonly version: string | undefined;
  readonly onClose: () => void;
}

export function StartForm({ definition, version, onClose }: StartFormProps) {
  const { name, archived_at: archived, selected } = definition;
  const specs = selected.inputs as Readonly<Record<string, InputSpec>>;
  const [drafts, setDrafts] = useState(() => draftsOf(specs));
  const [more, setMore] = useState({ labels: '', id: '' });
  const [isTold, setTold] = useState(false);
  const { isBusy, fault, start } = useStart(onClose);
  const { inputs, faults } = readDrafts(specs, drafts);
  const labels = labelsIn(more.labels);
  const why = whyNot(archived, isBusy);
  const body: StartRun = {
    workflow: name,
    ...(version !== undefined && { version }),
    inputs,
    labels: labels.labels,
    ...(more.id !== '' && { id: more.id }),
    ...by(),
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (why === undefined && Object.keys(faults).length === 0 && labels.fault === undefined) void start(body);
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4" noValidate>
      <Inputs
        specs={specs}
        drafts={drafts}
        // What has not been filled in yet is no fault before somebody wants to start.
        faults={isTold ? faults : withoutEmpty(faults, drafts)}
        onChange={setDrafts}
      />
      <details className="rounded-(--radius) border border-line px-3 py-2">
        <summary className="text-sm text-quiet">Labels and id</summary>
        <div className="flex flex-col gap-3 pt-3">
          <Field label="Labels" help="One a line: team=payments" fault={labels.fault}>
            {(ids) => (
              <TextArea
                {...ids}
                rows={2}
                value={more.labels}
                onChange={({ target }) => setMore({ ...more, labels: target.value })}
              />
            )}
          </Field>
          <Field label="Id" help="Left empty, one is made from the name.">
            {(ids) => (
              <TextInput
                {...ids}
                value={more.id}
                onChange={({ target }) => setMore({ ...more, id: target.value })}
              />
            )}
          </Field>
        </div>
      </details>
      {fault !== undefined && (
        <p role="alert" className="rounded-(--radius) bg-fail-wash px-3 py-2 text-sm wrap-anywhere text-fail">
          {fault}
        </p>
      )}
      <div className="flex items-center justify-end gap-2">
        <Echo
          request={{ method: 'POST', path: '/api/v1/runs', body }}
          command={commandOf(name, version, inputs, { labels: labels.labels, id: more.id })}
          link={`${location.origin}/definitions/${encodeURIComponent(name)}?start=yes`}
        />
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" why={why}>
          <Play className="size-4" aria-hidden />
          Start {selected.version}
        </Button>
      </div>
    </form>
  );
}

interface InputsProps {
  readonly specs: Specs;
  readonly drafts: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (drafts: Readonly<Record<string, string>>) => void;
}

function Inputs({ specs, drafts, faults, onChange }: InputsProps) {
  const names = Object.keys(specs);
  if (names.length === 0) return <p className="text-sm text-quiet">It takes no inputs.</p>;
  return Object.entries(specs).map(([name, spec]) => (
    <InputField
      key={name}
      name={name}
      spec={spec}
      draft={drafts[name] ?? ''}
      fault={faults[name]}
      onChange={(draft) => onChange({ ...drafts, [name]: draft })}
    />
  ));
}

/** Starts a run, and goes to it. */
function useStart(onStarted: () => void) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const keyed = useRef({ text: '', key: '' });
  const start = async (body: StartRun) => {
    const text = writeJson(body);
    if (keyed.current.text !== text) keyed.current = { text, key: newKey() };
    setBusy(true);
    setFault(undefined);
    try {
      const { id } = await dataOf(sent(text, keyed.current.key));
      onStarted();
      tell('done', `${body.workflow} is started`, id);
      void queries.invalidateQueries({ queryKey: ['definitions'] });
      await navigate({ to: '/runs/$id', params: { id } });
    } catch (error) {
      setFault(refusalWords(error));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, fault, start };
}

/** The text goes as it is: numbers of any length in it stay what they are. */
function sent(text: string, key: string) {
  return api.POST('/api/v1/runs', { params: { header: { 'idempotency-key': key } }, body: text });
}

/** Also where the page has come without TLS, which browsers give less to. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function refusalWords(error: unknown): string {
  const details = error instanceof Refused ? (error.problem.errors ?? []) : [];
  return [faultWords(error), ...details.slice(0, 5).map(({ message }) => message)].join(' ');
}

function whyNot(archived: string | null, isBusy: boolean): string | undefined {
  if (archived !== null) return 'It is archived: it takes no new runs.';
  return isBusy ? 'It is being started.' : undefined;
}

function labelsIn(text: string): {
  readonly labels: Readonly<Record<string, string>>;
  readonly fault?: string;
} {
  try {
    return { labels: readLabels(text) };
  } catch (error) {
    return { labels: {}, fault: faultWords(error) };
  }
}

function withoutEmpty(faults: Readonly<Record<string, string>>, drafts: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(faults).filter(([name]) => (drafts[name] ?? '') !== ''));
}
