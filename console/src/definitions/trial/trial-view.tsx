/**
 * A trial of the draft: its steps answer what stands here, everything else Baton decides as it does in a run. Nothing is
 * sent, run, asked or published.
 */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Played } from '../../../../src/rehearsal/index.ts';
import { Choice, Field, TextArea } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { SkeletonRows } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { tell } from '../../parts/toasts.tsx';
import type { Words } from '../../words/status.ts';
import type { Outline } from '../editor/verdict/verdict.ts';
import type { Format } from '../publish.ts';
import { recentRunsQuery } from '../queries.ts';
import { InputField } from '../start/input-field.tsx';
import { draftsOf, readDrafts, type Drafts } from '../start/start-form.ts';
import { mocksOf, recordingOf, type Mock, type Mocks } from './mocks.ts';
import { recordedRun } from './recorded-run.ts';
import { useTrial } from './use-trial.ts';

interface TrialProps {
  readonly text: string;
  readonly format: Format;
  readonly outline: Outline;
  readonly onChoose: (step: string) => void;
}

/** Nobody has to say what they answer. */
const OWN_ANSWER: ReadonlySet<string> = new Set(['transform', 'wait']);
/** What results of some kinds look like. */
const FORMS: Readonly<Record<string, string>> = {
  ask: '{"answer": …, "by": "ana", "answers": []}',
  command: '{"exit_code": 0, "stdout": "…", "stderr": ""}',
  http: '{"status": 200, "headers": {}, "body": …}',
};
const NO_MOCK: Mock = { ends: 'completed', draft: '' };

export default function TrialView({ text, format, outline, onChoose }: TrialProps) {
  const [typed, setTyped] = useState<Drafts>({});
  const [mocks, setMocks] = useState<Mocks>({});
  const specs = outline.inputs;
  const drafts = { ...draftsOf(specs), ...typed };
  const { inputs, faults } = readDrafts(specs, drafts);
  const played = useTrial(text, format, recordingOf(outline.name, inputs, mocks));
  const fill = (filled: { readonly inputs: Drafts; readonly mocks: Mocks }) => {
    setTyped(filled.inputs);
    setMocks(filled.mocks);
  };
  return (
    <div className="flex flex-col gap-4 text-sm">
      <p className="text-quiet">
        Nothing is sent, run or asked: steps answer what stands here, and Baton decides the rest as in a run.
      </p>
      <FillFromRun outline={outline} onFill={fill} />
      {Object.entries(specs).map(([name, spec]) => (
        <InputField
          key={name}
          name={name}
          spec={spec}
          draft={drafts[name] ?? ''}
          // What has not been filled in yet is told below.
          fault={drafts[name] === '' ? undefined : faults[name]}
          onChange={(draft) => setTyped({ ...typed, [name]: draft })}
        />
      ))}
      {played === undefined && <SkeletonRows rows={3} />}
      {played === null && <p className="text-fail">The text has errors: they stand below it.</p>}
      {played != null && Object.keys(faults).length > 0 && (
        <p className="text-quiet">It is played once its inputs are as they have to be.</p>
      )}
      {played != null && Object.keys(faults).length === 0 && (
        <>
          <Outcome played={played} onChoose={onChoose} />
          <ol aria-label="Steps of the trial" className="flex flex-col gap-1">
            {outline.steps.map((step) => (
              <TriedStep
                key={step.key}
                step={step}
                played={played}
                mock={mocks[step.key] ?? NO_MOCK}
                onMock={(mock) => setMocks({ ...mocks, [step.key]: mock })}
                onChoose={onChoose}
              />
            ))}
          </ol>
          {played.status === 'completed' && (
            <section aria-label="Output of the trial">
              <h3 className="mb-1 font-semibold">Output</h3>
              <JsonView value={played.output} label="Output" open={1} />
            </section>
          )}
        </>
      )}
    </div>
  );
}

interface FillProps {
  readonly outline: Outline;
  readonly onFill: (filled: { readonly inputs: Drafts; readonly mocks: Mocks }) => void;
}

function FillFromRun({ outline, onFill }: FillProps) {
  const { data: runs = [] } = useQuery(recentRunsQuery(outline.name));
  const [chosen, setChosen] = useState('');
  if (runs.length === 0) return null;
  const fill = async (id: string) => {
    setChosen(id);
    if (id === '') return;
    try {
      const { recording } = await recordedRun(id);
      const keys = new Set(outline.steps.filter(({ kind }) => !OWN_ANSWER.has(kind)).map(({ key }) => key));
      onFill({ inputs: draftsOf(outline.inputs, recording.inputs), mocks: mocksOf(recording, keys) });
    } catch (error) {
      tell('fault', 'The run could not be read', error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Field label="Begin with what a run has recorded">
      {(ids) => (
        <Choice {...ids} value={chosen} onChange={({ target }) => void fill(target.value)}>
          <option value="">{chosen === '' ? 'No run' : 'Keep what stands here'}</option>
          {runs.map(({ id, status, version }) => (
            <option key={id} value={id}>
              {id} ({status}, {version})
            </option>
          ))}
        </Choice>
      )}
    </Field>
  );
}

interface OutcomeProps {
  readonly played: Played;
  readonly onChoose: (step: string) => void;
}

function Outcome({ played: { status, message, breaks, unknown }, onChoose }: OutcomeProps) {
  return (
    <section aria-label="How the trial ends" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge words={wordsOf(status)} />
        {unknown.length > 0 && (
          <span className="text-quiet">
            {unknown.length === 1 ? '1 step answers null' : `${unknown.length} steps answer null`}: nobody has
            said what.
          </span>
        )}
      </div>
      {message !== null && !breaks.some((one) => one.message === message) && (
        <p className="wrap-anywhere text-fail">{message}</p>
      )}
      {breaks.length > 0 && (
        <ul className="flex flex-col gap-1">
          {breaks.map(({ kind, step, message: why }) => (
            <li
              key={`${step} ${why}`}
              className="rounded-(--radius) bg-fail-wash px-2 py-1 wrap-anywhere text-fail"
            >
              {step === null ? (
                'The run'
              ) : (
                <button type="button" className="font-mono underline" onClick={() => onChoose(step)}>
                  {step}
                </button>
              )}{' '}
              ({kind}): {why}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface TriedStepProps {
  readonly step: Outline['steps'][number];
  readonly played: Played;
  readonly mock: Mock;
  readonly onMock: (mock: Mock) => void;
  readonly onChoose: (step: string) => void;
}

function TriedStep({ step: { key, kind }, played, mock, onMock, onChoose }: TriedStepProps) {
  const status = played.statuses[key] ?? 'pending';
  const reason = played.reasons[key];
  return (
    <li className="rounded-(--radius) border border-line px-2 py-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <button type="button" className="font-mono text-xs underline" onClick={() => onChoose(key)}>
          {key}
        </button>
        <span className="flex-1 text-xs text-quiet">{kind}</span>
        <StatusBadge words={wordsOf(status)} />
      </div>
      {reason !== undefined && <p className="text-xs wrap-anywhere text-quiet">{reason}</p>}
      {!OWN_ANSWER.has(kind) && (
        <details className="pt-1">
          <summary className="text-xs text-quiet">
            {mock.ends === 'failed'
              ? 'Fails'
              : mock.draft === ''
                ? 'Answers null'
                : 'Answers what is said here'}
          </summary>
          <div className="flex flex-col gap-2 pt-2">
            <Choice
              aria-label={`How ${key} ends`}
              value={mock.ends}
              onChange={({ target }) => onMock({ ...mock, ends: target.value as Mock['ends'] })}
            >
              <option value="completed">It answers</option>
              <option value="failed">It fails</option>
            </Choice>
            <TextArea
              aria-label={`What ${key} answers`}
              rows={Math.min(10, Math.max(2, mock.draft.split('\n').length))}
              className="font-mono text-xs"
              placeholder={mock.ends === 'failed' ? 'Why, in words' : (FORMS[kind] ?? 'JSON, else text')}
              value={mock.draft}
              onChange={({ target }) => onMock({ ...mock, draft: target.value })}
            />
          </div>
        </details>
      )}
    </li>
  );
}

const WORDS: Readonly<Record<string, Words>> = {
  completed: { text: 'Completed', tone: 'done', sign: 'done' },
  failed: { text: 'Failed', tone: 'fail', sign: 'failed' },
  skipped: { text: 'Skipped', tone: 'idle', sign: 'stopped' },
  cancelled: { text: 'Cancelled', tone: 'idle', sign: 'stopped' },
};

function wordsOf(status: string): Words {
  return WORDS[status] ?? { text: status, tone: 'idle', sign: 'waits' };
}
