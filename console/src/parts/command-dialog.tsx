/** The frame of every command: what it does, what is asked for, how it is done elsewhere, and why it was refused. */
import type { ReactNode } from 'react';
import { Refused } from '../api/client.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Echo, type Request } from './echo.tsx';
import { faultWords } from './states.tsx';

interface CommandDialogProps {
  readonly title: string;
  readonly description: string;
  /** What the button says. */
  readonly verb: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly onSend: () => void;
  readonly isSending: boolean;
  readonly error: unknown;
  /** Why it cannot be sent as it is. */
  readonly why?: string | undefined;
  readonly request: Request;
  /** Undefined: the command line has no such thing. */
  readonly command: readonly string[] | undefined;
  readonly children?: ReactNode;
}

export function CommandDialog(props: CommandDialogProps) {
  const {
    title,
    description,
    verb,
    danger = false,
    wide = false,
    onClose,
    onSend,
    isSending,
    error,
    why,
    request,
    command,
  } = props;
  const whyNot = isSending ? 'It is being sent.' : why;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={description}
      wide={wide}
      actions={
        <>
          <Echo request={request} {...(command !== undefined && { command })} />
          <span className="flex-1" />
          <Button onClick={onClose}>Leave it</Button>
          <Button kind={danger ? 'danger' : 'primary'} why={whyNot} onClick={onSend}>
            {isSending ? 'Asking…' : error === null ? verb : 'Try again'}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (whyNot === undefined) onSend();
        }}
      >
        {/* Enter in one of several fields sends only where a form has a button that does. */}
        <button type="submit" className="hidden" />
        {props.children}
        {error !== null && <Refusal error={error} />}
      </form>
    </Dialog>
  );
}

/** Why a command did not come into force. */
export function Refusal({ error }: { readonly error: unknown }) {
  const reason = error instanceof Refused ? error.problem.reason : undefined;
  return (
    <p role="alert" className="rounded-(--radius) bg-fail-wash px-3 py-2 text-sm wrap-anywhere text-fail">
      {faultWords(error)}
      {reason !== undefined && reason !== '' && ` (${reason})`}
    </p>
  );
}
