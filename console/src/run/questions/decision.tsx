/** A call that waits for a yes: as it is, with other arguments, or not at all. */
import { useRef, useState } from 'react';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { Field, TextArea } from '../../parts/field.tsx';
import { parsedJson } from '../../words/json.ts';
import { Refusal } from '../../parts/command-dialog.tsx';
import { useAnswer, type AnswerProps } from './use-answer.ts';

export function Decision({ question, why, isKeyed, onAnswered }: AnswerProps) {
  const approve = useRef<HTMLButtonElement>(null);
  const [mode, setMode] = useState<'choose' | 'edit' | 'reject'>('choose');
  const [text, setText] = useState('');
  const answer = useAnswer(question, onAnswered);
  const input = parsedJson(text);
  const whyNot = why ?? (answer.isPending ? 'It is being sent.' : undefined);
  const edit = () => {
    setText(JSON.stringify(question.call?.input ?? {}, null, 2));
    setMode('edit');
  };
  const reject = () => {
    setText('');
    setMode('reject');
  };
  const hasKeys = isKeyed && mode === 'choose';
  const keyOf = (key: string) => (hasKeys ? key : undefined);
  // A number alone sends nothing.
  const action = { group: 'Question', why: whyNot };
  useActions(
    hasKeys
      ? [
          { ...action, label: 'Approve, by Enter', keys: '1', act: () => approve.current?.focus() },
          { ...action, label: 'Edit the arguments', keys: '2', act: edit },
          { ...action, label: 'Reject', keys: '3', act: reject },
        ]
      : [],
  );
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
            <Button
              ref={approve}
              kind="primary"
              why={whyNot}
              shortcut={keyOf('1')}
              onClick={() => answer.mutate({ decision: 'approve' })}
            >
              Approve
            </Button>
            <Button why={whyNot} shortcut={keyOf('2')} onClick={edit}>
              Edit the arguments
            </Button>
            <Button kind="danger" why={whyNot} shortcut={keyOf('3')} onClick={reject}>
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
