/** An answer by the form of the question; without one, by words. */
import { useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Refusal } from '../../parts/command-dialog.tsx';
import { readingOf, typedOf, type FieldSchema, type Typed } from './form-value.ts';
import { keyedField } from './number-keys.ts';
import { QuestionForm } from './question-form.tsx';
import { useAnswer, type AnswerProps } from './use-answer.ts';

const ANY: FieldSchema = { type: 'string', title: 'Answer' };

export function Answer({ question, why, isKeyed, onAnswered }: AnswerProps) {
  const button = useRef<HTMLButtonElement>(null);
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
      <QuestionForm
        schema={schema}
        typed={typed}
        onType={setTyped}
        faults={isTried ? faults : {}}
        keyed={isKeyed ? keyedField(schema) : undefined}
        // Enter sends what was chosen.
        onKey={() => button.current?.focus()}
      />
      {answer.error !== null && <Refusal error={answer.error} />}
      <div className="flex items-center gap-2">
        <Button ref={button} kind="primary" type="submit" why={whyNot}>
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
