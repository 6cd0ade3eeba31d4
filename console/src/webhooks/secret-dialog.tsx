/** The secret of a webhook, for the only time that it is told. */
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';

interface SecretDialogProps {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}

export default function SecretDialog({ title, secret, onClose }: SecretDialogProps) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`The secret of ${title}`}
      description="The receiver checks signatures with it. It is shown now, and never again."
      actions={
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="flex items-center gap-1 rounded-(--radius) border border-line bg-surface px-2 py-1.5">
        <code aria-label="Secret" className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">
          {secret}
        </code>
        <Copy text={secret} what="the secret" />
      </div>
    </Dialog>
  );
}
