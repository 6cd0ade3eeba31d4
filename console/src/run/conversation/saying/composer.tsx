/**
 * Where one says something to the run: to those who follow it, or to its agents, before their next turn or at once. What
 * is typed is kept for the tab; what is sent goes to the outbox.
 */
import { Send } from 'lucide-react';
import { useRef, useState } from 'react';
import { useActions } from '../../../app/actions.ts';
import { author } from '../../../api/commands.ts';
import type { PostMessage } from '../../../api/generated.ts';
import { Button } from '../../../parts/button.tsx';
import { Echo } from '../../../parts/echo.tsx';
import { Choice, TextArea } from '../../../parts/field.tsx';
import { useRun } from '../../run-context.tsx';
import { whyNotRun } from '../../steering/why-not.ts';
import { useDraft } from './draft.ts';

const KINDS = {
  next_turn: 'Instruct, before the next turn',
  interrupt: 'Instruct, interrupting at once',
  comment: 'Comment, for people',
} as const;
type Kind = keyof typeof KINDS;

interface ComposerProps {
  readonly say: (body: PostMessage) => void;
}

export function Composer({ say }: ComposerProps) {
  const { run, steps, at } = useRun();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useDraft(run.id);
  const [kind, setKind] = useState<Kind>('next_turn');
  const [target, setTarget] = useState('');
  const agents = steps.filter(
    (step) => step.kind === 'agent' && ['pending', 'running', 'retrying', 'waiting'].includes(step.status),
  );
  const body = {
    content: text.trim(),
    ...(kind === 'comment'
      ? { action_type: 'comment' as const }
      : { action_type: 'instruction' as const, delivery: kind }),
    ...(target !== '' && kind !== 'comment' && { target }),
    ...author(),
  };
  const why = whyNotRun('message', run, at) ?? (text.trim() === '' ? 'Say something first.' : undefined);
  useActions([
    {
      label: 'Say something',
      group: 'Conversation',
      keys: 'i',
      why: whyNotRun('message', run, at),
      act: () => box.current?.focus(),
    },
  ]);
  const send = () => {
    if (why !== undefined) return;
    say(body);
    setText('');
  };
  return (
    <form
      aria-label="Say something"
      className="flex flex-col gap-2 border-t border-line bg-surface px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextArea
        ref={box}
        rows={2}
        aria-label="What you say"
        placeholder={
          whyNotRun('message', run, at) ?? 'Say something to the agents, or to those who follow the run'
        }
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          // The keys of the page are there again.
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          send();
        }}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          aria-label="How it is said"
          className="w-auto"
          value={kind}
          onChange={(event) => setKind(event.target.value as Kind)}
        >
          {Object.entries(KINDS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Choice>
        {kind !== 'comment' && (
          <Choice
            aria-label="To whom"
            className="w-auto max-w-52"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          >
            <option value="">to whoever is at work</option>
            {agents.map(({ key, title }) => (
              <option key={key} value={key}>
                to {title}
              </option>
            ))}
          </Choice>
        )}
        <span className="flex-1" />
        <Echo
          request={{ method: 'POST', path: `/api/v1/runs/${run.id}/messages`, body }}
          command={['message', run.id, text.trim()]}
        />
        <Button kind="primary" type="submit" why={why} shortcut="Ctrl Enter">
          <Send className="size-3.5" aria-hidden />
          Send
        </Button>
      </div>
    </form>
  );
}
