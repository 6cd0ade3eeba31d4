/** A draft: its text, what is said of it, and the way to publish it. For a new definition and for one that is changed. */
import { Undo2, Upload } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Published } from '../../api/generated.ts';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import type { Format } from '../publish.ts';
import { DefinitionEditor } from './definition-editor.tsx';
import { keepDraft, readDraft, type Draft } from './drafts.ts';
import { PublishDialog } from './publish-dialog.tsx';
import { useVerdict } from './verdict/use-verdict.ts';
import type { Verdict } from './verdict/verdict.ts';

interface DraftEditorProps {
  /** Under which the draft is kept. */
  readonly draftName: string;
  /** What it begins with, and goes back to. */
  readonly source: string;
  readonly format: Format;
  /** The version that the source is of. */
  readonly from?: string;
  /** It can be published as it is, unlike the text of a version. */
  readonly isNew?: boolean;
  readonly heading?: ReactNode;
  /** How steps have gone so far, by key. */
  readonly notes?: ReadonlyMap<string, string>;
  readonly onPublished: (published: Published) => void;
}

export function DraftEditor({
  draftName,
  source,
  format,
  from,
  isNew = false,
  heading,
  notes,
  onPublished,
}: DraftEditorProps) {
  const [{ text, from: begunFrom }, setDraft] = useState<Draft>(
    () => readDraft(draftName) ?? { text: source, from },
  );
  const setText = (next: string) =>
    setDraft((draft) => ({ text: next, from: draft.text === source ? from : draft.from }));
  const [isPublishing, setPublishing] = useState(false);
  const verdict = useVerdict(text, format);
  const isChanged = text !== source;
  useEffect(() => {
    keepDraft(draftName, isChanged ? { text, from: begunFrom } : undefined);
  }, [draftName, text, begunFrom, isChanged]);
  const why = whyNot(verdict, text, isChanged || isNew);
  const unchanged = isChanged ? undefined : 'It is as it was.';
  useActions([
    {
      label: 'Publish the definition',
      group: 'Definition',
      keys: 'mod+s',
      why,
      act: () => setPublishing(true),
    },
    { label: 'Undo all changes', group: 'Definition', why: unchanged, act: () => setText(source) },
  ]);
  return (
    <>
      <DefinitionEditor
        text={text}
        format={format}
        verdict={verdict}
        onChange={setText}
        {...(notes !== undefined && { notes })}
        actions={
          <>
            {heading}
            <span className="flex-1 text-xs text-quiet" role="status">
              {isChanged && !isNew ? changedWords(begunFrom, from) : ''}
            </span>
            <Button kind="quiet" why={unchanged} onClick={() => setText(source)}>
              <Undo2 className="size-4" aria-hidden />
              Undo all
            </Button>
            <Button kind="primary" why={why} onClick={() => setPublishing(true)}>
              <Upload className="size-4" aria-hidden />
              Publish…
            </Button>
          </>
        }
      />
      {isPublishing && verdict?.outline != null && (
        <PublishDialog
          text={text}
          format={format}
          outline={verdict.outline}
          warnings={verdict.warnings}
          onClose={() => setPublishing(false)}
          onPublished={(published, final) => {
            setPublishing(false);
            setText(final);
            keepDraft(draftName, undefined);
            onPublished(published);
          }}
        />
      )}
    </>
  );
}

/** Somebody may have published another version meanwhile. */
function changedWords(begunFrom: string | undefined, newest: string | undefined): string {
  if (begunFrom === newest) return 'Changed, not published';
  return `Changed, not published; begun from ${begunFrom ?? 'another text'}, and ${newest ?? 'another'} is the newest`;
}

function whyNot(verdict: Verdict | undefined, text: string, isSomething: boolean): string | undefined {
  if (!isSomething) return 'It is as it was published.';
  if (verdict === undefined || verdict.text !== text) return 'It is being looked at.';
  if (verdict.errors.length > 0) return 'It has errors: they stand below the text.';
  return verdict.outline === null ? 'It is being looked at.' : undefined;
}
