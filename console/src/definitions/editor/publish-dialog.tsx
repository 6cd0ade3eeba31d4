/** Before a text is published: what it changes, under which version, and what is doubtful about it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Published } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { DiffView } from '../../parts/diff-view.tsx';
import { Field, TextInput } from '../../parts/field.tsx';
import { faultWords, Skeleton } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { publish, type Format } from '../publish.ts';
import { existsQuery, versionQuery, versionsQuery } from '../queries.ts';
import type { Outline, Problem } from './verdict/verdict.ts';
import { freeVersion, withVersion } from './version.ts';

interface PublishDialogProps {
  readonly text: string;
  readonly format: Format;
  readonly outline: Outline;
  readonly warnings: readonly Problem[];
  readonly onPublished: (published: Published, text: string) => void;
  readonly onClose: () => void;
}

export function PublishDialog({ text, format, outline, warnings, onPublished, onClose }: PublishDialogProps) {
  const { name } = outline;
  const { data: exists } = useQuery(existsQuery(name));
  const { data: versions } = useQuery({ ...versionsQuery(name), enabled: exists === true });
  const isPending = exists === undefined || (exists && versions === undefined);
  const known = versions?.map(({ version }) => version) ?? [];
  const suggested = known.includes(outline.version) ? freeVersion(outline.version, known) : outline.version;
  const [typed, setTyped] = useState<string>();
  const version = typed ?? suggested;
  const final = version === outline.version ? text : withVersion(text, version, format);
  const publishing = usePublishing(onPublished);
  const why = whyNot({ isPending, isBusy: publishing.isBusy, isTaken: known.includes(version), version });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Publish ${name}`}
      description="The version that is published last is the one that new runs get. What runs already goes on as it is."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" why={why} onClick={() => void publishing.publish(final, format)}>
            Publish {version}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field
          label="Version"
          help={
            version === outline.version
              ? 'As the text says.'
              : `The text says ${outline.version}, which is published already: it is changed in it.`
          }
          fault={known.includes(version) ? `Version ${version} is published, and never changes.` : undefined}
        >
          {(ids) => (
            <TextInput
              {...ids}
              className="max-w-48 font-mono"
              value={version}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        {warnings.length > 0 && <Warnings warnings={warnings} />}
        {publishing.fault !== undefined && (
          <p
            role="alert"
            className="rounded-(--radius) bg-fail-wash px-3 py-2 text-sm wrap-anywhere text-fail"
          >
            {publishing.fault}
          </p>
        )}
        <Changes name={name} newest={versions?.[0]?.version} isNew={exists === false} text={final} />
        {exists === true && <Rehearse name={name} />}
      </div>
    </Dialog>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly Problem[] }) {
  return (
    <ul className="flex flex-col gap-1 rounded-(--radius) bg-need-wash px-3 py-2 text-sm">
      {warnings.slice(0, 20).map(({ line, message, hint }, at) => (
        <li key={at} className="flex gap-2">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-need" aria-hidden />
          <span className="min-w-0 wrap-anywhere">
            Line {line}: {message} {hint}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface ChangesProps {
  readonly name: string;
  readonly newest: string | undefined;
  readonly isNew: boolean;
  readonly text: string;
}

function Changes({ name, newest, isNew, text }: ChangesProps) {
  const { data } = useQuery({ ...versionQuery(name, newest ?? ''), enabled: newest !== undefined });
  if (isNew) return <p className="text-sm text-quiet">It is the first version of this definition.</p>;
  if (data === undefined) return <Skeleton className="h-24" />;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        What it changes <span className="font-normal text-quiet">against {newest}</span>
      </h3>
      <DiffView before={data.source} after={text} label={`What the text changes against ${newest}`} />
    </section>
  );
}

/** What there is to try a text without publishing it; it works on files, where the command line is. */
function Rehearse({ name }: { readonly name: string }) {
  const command = `baton rehearse ${name}.yaml`;
  return (
    <p className="flex flex-wrap items-center gap-1 text-xs text-quiet">
      To see what it makes of past runs, without asking a model or doing anything, save it and rehearse it:
      <code className="font-mono text-ink">{command}</code>
      <Copy text={command} what="the command" />
    </p>
  );
}

function usePublishing(onPublished: PublishDialogProps['onPublished']) {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const send = async (text: string, format: Format) => {
    setBusy(true);
    setFault(undefined);
    try {
      const published = await publish(text, format);
      tell('done', `${published.workflow} ${published.version} is published`);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['definition', published.workflow] }),
        queries.invalidateQueries({ queryKey: ['definitions'] }),
      ]);
      onPublished(published, text);
    } catch (error) {
      setFault(faultWords(error));
      setBusy(false);
    }
  };
  return { isBusy, fault, publish: send };
}

interface Situation {
  readonly isPending: boolean;
  readonly isBusy: boolean;
  readonly isTaken: boolean;
  readonly version: string;
}

function whyNot({ isPending, isBusy, isTaken, version }: Situation): string | undefined {
  if (isPending) return 'The versions that there are have yet to be read.';
  if (isBusy) return 'It is being published.';
  if (version.trim() === '') return 'It needs a version.';
  return isTaken ? 'This version is published already.' : undefined;
}
