/** A question with all that belongs to it: what is asked, the exact call that waits for a yes, the form, who answered. */
import { lazyPart } from '../../api/part.ts';
import { parsedJson } from '../../words/json.ts';
import { Suspense, useState, type ReactNode } from 'react';
import { usePreferences } from '../../app/preferences.ts';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { Question } from '../../api/generated.ts';
import { whyReadOnly } from '../../api/offline.ts';
import { Button } from '../../parts/button.tsx';
import { DiffView } from '../../parts/diff-view.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Field, TextArea } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { counted } from '../../words/figures.ts';
import { Refusal } from '../steering/command-dialog.tsx';
import { fileEditOf } from './file-edit.ts';
import { readingOf, typedOf, type FieldSchema, type Typed } from './form-value.ts';
import { whyNotAnswer } from './may-answer.ts';
import { QuestionForm } from './question-form.tsx';

const Markdown = lazyPart(() => import('../../parts/markdown.tsx'));

interface QuestionCardProps {
  readonly question: Question;
  /** Who started the run, where that is known. */
  readonly starter?: string | null;
  /** Why nothing can be answered where this is shown. */
  readonly why?: string | undefined;
  readonly onAnswered?: () => void;
}

export function QuestionCard({ question, starter = null, why, onAnswered }: QuestionCardProps) {
  const { name } = usePreferences();
  const isOpen = question.status === 'open';
  const whyNot = why ?? whyReadOnly() ?? whyNotAnswer(question, name, starter);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <Prompt prompt={question.prompt} preview={question.preview} />
      {question.call !== null && <Call call={question.call} />}
      {question.edit !== null && <ProposedEdit edit={question.edit} />}
      <Terms question={question} />
      <Answers question={question} />
      {isOpen &&
        (question.call !== null ? (
          <Decision question={question} why={whyNot} onAnswered={onAnswered} />
        ) : (
          <Answer question={question} why={whyNot} onAnswered={onAnswered} />
        ))}
    </div>
  );
}

function Prompt({ prompt, preview }: { readonly prompt: unknown; readonly preview: string }) {
  if (typeof prompt === 'string') {
    return (
      <Suspense fallback={<p className="whitespace-pre-wrap">{preview}</p>}>
        <Markdown text={prompt} />
      </Suspense>
    );
  }
  return <JsonView value={prompt} label="What is asked" open={1} />;
}

/** The call with its exact arguments; a change of a file as a difference. */
function Call({ call: { name, input } }: { readonly call: NonNullable<Question['call']> }) {
  const edit = fileEditOf(input);
  return (
    <section aria-label={`The call of ${name}`} className="rounded-(--radius) border border-line bg-page p-2">
      <p className="mb-1 font-medium">
        {name}
        {edit !== undefined && <span className="ml-2 font-mono text-xs text-quiet">{edit.path}</span>}
      </p>
      {edit !== undefined ? (
        <DiffView before={edit.before} after={edit.after} label={`Change of ${edit.path}`} />
      ) : (
        <JsonView value={input} label="Arguments" open={3} />
      )}
    </section>
  );
}

function ProposedEdit({
  edit: { added, removed, changed, rewired, reason },
}: {
  readonly edit: NonNullable<Question['edit']>;
}) {
  const lines: readonly (readonly [string, string])[] = [
    ...added.map(
      ({ step, kind, dependencies }) =>
        [
          'adds',
          `${step} (${kind}${dependencies.length > 0 ? `, after ${dependencies.join(', ')}` : ''})`,
        ] as const,
    ),
    ...removed.map((step) => ['takes away', step] as const),
    ...changed.map(({ step, members }) => ['changes', `${step}: ${members.join(', ')}`] as const),
    ...rewired.map(
      ({ step, dependencies }) => ['lets wait', `${step} for ${dependencies.join(', ')}`] as const,
    ),
  ];
  return (
    <section
      aria-label="Proposed change of the plan"
      className="rounded-(--radius) border border-line bg-page p-2"
    >
      <p className="mb-1 font-medium">A change of the plan{reason !== null && `: ${reason}`}</p>
      <ul className="flex flex-col gap-0.5">
        {lines.map(([verb, what]) => (
          <li key={`${verb} ${what}`} className="wrap-anywhere">
            <span className="text-quiet">{verb}</span> {what}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Terms({
  question: { approvers, needed, not_starter: notStarter, expires_at: expires, status },
}: {
  readonly question: Question;
}) {
  const parts: ReactNode[] = [
    approvers.length > 0 && `Only ${approvers.join(', ')} may answer.`,
    needed > 1 && `${needed} different people have to answer.`,
    notStarter && 'Whoever started the run may not answer.',
    expires !== null && status === 'open' && (
      <span key="expires">
        It expires <Moment at={expires} />.
      </span>
    ),
  ].filter((part) => part !== false);
  if (parts.length === 0) return null;
  return <p className="flex flex-wrap gap-x-2 text-quiet">{parts}</p>;
}

function Answers({
  question: { answers, needed, status, closed_at: closed },
}: {
  readonly question: Question;
}) {
  if (answers.length === 0 && status === 'open') return null;
  return (
    <ul className="flex flex-col gap-1">
      {answers.map(({ by, at, answer, decision }) => (
        <li key={at} className="rounded-(--radius) bg-hover px-2 py-1">
          <span className="font-medium">{by ?? 'Somebody'}</span>{' '}
          <span className="text-quiet">{decision ?? 'answered'}</span> <Moment at={at} />
          {answer != null && <JsonView value={answer} label={`The answer of ${by ?? 'somebody'}`} open={1} />}
        </li>
      ))}
      {status === 'open' && answers.length > 0 && (
        <li className="text-quiet">{counted(needed - answers.length, 'more answer')} needed.</li>
      )}
      {status !== 'open' && answers.length === 0 && (
        <li className="text-quiet">
          {status}
          {closed !== null && (
            <>
              {' '}
              <Moment at={closed} />
            </>
          )}
        </li>
      )}
    </ul>
  );
}

interface AnswerProps {
  readonly question: Question;
  readonly why: string | undefined;
  readonly onAnswered: (() => void) | undefined;
}

function useAnswer(question: Question, onAnswered: (() => void) | undefined) {
  return useCommand({
    done: 'Answered',
    runId: question.run_id,
    send: (body: AnswerBody, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/answers', {
          params: { path: { id: question.run_id } },
          body: { question: question.id, ...author(), ...body, id } as never,
        }),
      ),
    ...(onAnswered !== undefined && { onDone: onAnswered }),
  });
}

interface AnswerBody {
  readonly answer?: unknown;
  readonly decision?: 'approve' | 'edit' | 'reject';
  readonly reason?: string;
}

const ANY: FieldSchema = { type: 'string', title: 'Answer' };

/** By the form of the question; without one, by words. */
function Answer({ question, why, onAnswered }: AnswerProps) {
  const schema = (question.form as FieldSchema | null) ?? ANY;
  const [typed, setTyped] = useState<Typed>(() => typedOf(schema));
  const [isTried, setTried] = useState(false);
  const answer = useAnswer(question, onAnswered);
  const { value, faults } = readingOf(schema, typed);
  const whyNot =
    why ??
    (answer.isPending
      ? 'It is being sent.'
      : isTried && Object.keys(faults).length > 0
        ? 'See the fields above.'
        : undefined);
  const send = () => {
    setTried(true);
    if (Object.keys(faults).length === 0) answer.mutate({ answer: value });
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (whyNot === undefined) send();
      }}
    >
      <QuestionForm schema={schema} typed={typed} onType={setTyped} faults={isTried ? faults : {}} />
      {answer.error !== null && <Refusal error={answer.error} />}
      <div className="flex items-center gap-2">
        <Button kind="primary" type="submit" why={whyNot}>
          {answer.isPending ? 'Sending…' : 'Answer'}
        </Button>
        <Echo
          request={{
            method: 'POST',
            path: `/api/v1/runs/${question.run_id}/answers`,
            body: { question: question.id, answer: value },
          }}
          command={['answer', question.run_id, question.id, JSON.stringify(value ?? null)]}
        />
      </div>
    </form>
  );
}

/** A call that waits for a yes: as it is, with other arguments, or not at all. */
function Decision({ question, why, onAnswered }: AnswerProps) {
  const [mode, setMode] = useState<'choose' | 'edit' | 'reject'>('choose');
  const [text, setText] = useState('');
  const answer = useAnswer(question, onAnswered);
  const input = parsedJson(text);
  const whyNot = why ?? (answer.isPending ? 'It is being sent.' : undefined);
  const edit = () => {
    setText(JSON.stringify(question.call?.input ?? {}, null, 2));
    setMode('edit');
  };
  return (
    <div className="flex flex-col gap-2">
      {mode === 'edit' && (
        <Field label="Arguments" fault={input === undefined ? 'is no JSON' : undefined}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={8}
              className="font-mono"
              spellCheck={false}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      )}
      {mode === 'reject' && (
        <Field label="Why not" help="The agent is told.">
          {(ids) => (
            <TextArea
              {...ids}
              autoFocus
              rows={2}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      )}
      {answer.error !== null && <Refusal error={answer.error} />}
      <div className="flex flex-wrap gap-2">
        {mode === 'choose' && (
          <>
            <Button kind="primary" why={whyNot} onClick={() => answer.mutate({ decision: 'approve' })}>
              Approve
            </Button>
            <Button why={whyNot} onClick={edit}>
              Edit the arguments
            </Button>
            <Button
              kind="danger"
              why={whyNot}
              onClick={() => {
                setText('');
                setMode('reject');
              }}
            >
              Reject
            </Button>
          </>
        )}
        {mode === 'edit' && (
          <Button
            kind="primary"
            why={whyNot ?? (input === undefined ? 'The arguments are no JSON.' : undefined)}
            onClick={() => answer.mutate({ decision: 'edit', answer: input })}
          >
            Approve with these arguments
          </Button>
        )}
        {mode === 'reject' && (
          <Button
            kind="danger"
            why={whyNot}
            onClick={() =>
              answer.mutate({ decision: 'reject', ...(text.trim() !== '' && { reason: text.trim() }) })
            }
          >
            Reject
          </Button>
        )}
        {mode !== 'choose' && <Button onClick={() => setMode('choose')}>Back</Button>}
      </div>
    </div>
  );
}
