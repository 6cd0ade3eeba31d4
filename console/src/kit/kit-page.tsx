/** Every shared part in every state, for whoever builds the console: looked at, and checked in all themes by the tests. */
import { Pause } from 'lucide-react';
import { Suspense, useState, type ReactNode } from 'react';
import { lazyPart } from '../api/part.ts';
import { useTitle } from '../app/attention.ts';
import { Refused, Unreachable } from '../api/client.ts';
import type { LiveState } from '../api/live.ts';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { Echo } from '../parts/echo.tsx';
import { Choice, Field, TextArea, TextInput } from '../parts/field.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PatchView } from '../parts/patch-view.tsx';
import { JsonView } from '../parts/json-view.tsx';
import { KeyCap } from '../parts/key-cap.tsx';
import { Menu } from '../parts/menu.tsx';
import { Elapsed, Moment } from '../parts/moment.tsx';
import { Empty, Fault, Skeleton, SkeletonRows } from '../parts/states.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { tell } from '../parts/toasts.tsx';
import { stepWords } from '../words/status.ts';

const CodeEditor = lazyPart(() => import('../parts/code-editor.tsx'));
const Markdown = lazyPart(() => import('../parts/markdown.tsx'));

const FRESH: readonly LiveState[] = ['connecting', 'live', 'reconnecting', 'ended', 'snapshot'];
const STATUSES = [
  'pending',
  'running',
  'waiting',
  'retrying',
  'completed',
  'failed',
  'skipped',
  'cancelled',
  'superseded',
] as const;

const VALUE = {
  text: 'a line\nanother line',
  number: 12.5,
  none: null,
  yes: true,
  nested: { list: [1, 2, { deep: 'value' }], empty: {}, 'a name with spaces': [] },
  long: 'word '.repeat(400),
  many: Array.from({ length: 250 }, (_, at) => at),
};

const MARKDOWN = `# A heading

Some **bold** words, \`code\`, a [link](https://example.com/) and <b>no HTML</b>.

- one
- two

| step | cost |
| --- | --- |
| plan | $0.02 |

\`\`\`ts
const answer: number = 42;
\`\`\`

![a picture](https://example.com/picture.png)`;

const PATCH =
  'diff --git a/lexer.ts b/lexer.ts\n--- a/lexer.ts\n+++ b/lexer.ts\n@@ -1,2 +1,2 @@\n const a = 1;\n-const b = 2;\n+const b = 3;\n';
const BEFORE = Array.from({ length: 24 }, (_, at) => `line ${at + 1}`).join('\n');
const AFTER = BEFORE.replace('line 12', 'line twelve').replace('line 20\n', '');

const LATELY = new Date(Date.now() - 90_000).toISOString();
const DAYS_AGO = new Date(Date.now() - 259_200_000).toISOString();

const REFUSAL = new Refused(
  {
    type: '/docs/errors/run_closed',
    title: 'The run has ended',
    status: 409,
    detail: 'The run ended an hour ago.',
    code: 'run_closed',
  },
  409,
);

export function KitPage() {
  useTitle('Kit');
  return (
    <div className="overflow-auto p-4">
      <h1 className="text-xl font-semibold">Kit</h1>
      <Buttons />
      <Section name="Status">
        {STATUSES.map((status) => (
          <StatusBadge key={status} words={words(status)} />
        ))}
        {STATUSES.map((status) => (
          <StatusBadge key={`${status} plain`} plain words={words(status)} />
        ))}
        {FRESH.map((state) => (
          <Freshness key={state} state={state} />
        ))}
      </Section>
      <Fields />
      <Dialogs />
      <Section name="Time">
        <Moment at={LATELY} />
        <Moment at={DAYS_AGO} as="clock" />
        <Elapsed from={LATELY} until={null} />
      </Section>
      <Section name="JSON" wide>
        <JsonView value={VALUE} label="A value" />
      </Section>
      <Section name="Difference" wide>
        <DiffView before={BEFORE} after={AFTER} label="Two texts" />
        <DiffView before={BEFORE} after={BEFORE} label="Equal texts" />
      </Section>
      <Section name="Patch" wide>
        <PatchView text={PATCH} label="A patch" />
      </Section>
      <Section name="Markdown" wide>
        <Suspense fallback={<Skeleton className="h-40" />}>
          <Markdown text={MARKDOWN} />
        </Suspense>
      </Section>
      <Editors />
      <Section name="States" wide>
        <SkeletonRows rows={3} />
        <Empty title="Nothing is here yet" actions={<Button kind="primary">Start an example</Button>}>
          What would stand here, and how it comes about.
        </Empty>
        <Fault error={REFUSAL} retry={() => undefined} />
        <Fault error={new Unreachable('Baton does not answer.')} retry={() => undefined} />
      </Section>
    </div>
  );
}

interface SectionProps {
  readonly name: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

function Section({ name, wide = false, children }: SectionProps) {
  return (
    <section className="mt-6" aria-label={name}>
      <h2 className="mb-2 border-b border-line pb-1 font-semibold">{name}</h2>
      <div className={wide ? 'flex flex-col gap-3' : 'flex flex-wrap items-center gap-3'}>{children}</div>
    </section>
  );
}

function words(status: (typeof STATUSES)[number]) {
  return stepWords({
    status,
    attempt: 4,
    held: null,
    waiting_for: null,
    error: null,
    reason: null,
    tolerated: false,
  });
}

function Buttons() {
  return (
    <Section name="Buttons">
      {(['normal', 'primary', 'danger', 'quiet'] as const).map((kind) => (
        <Button key={kind} kind={kind} shortcut="p">
          {kind}
        </Button>
      ))}
      <Button why="The run has ended.">Disabled, and says why</Button>
      <Button size="small">Small</Button>
      <Button size="icon" label="Pause" shortcut="p">
        <Pause className="size-4" aria-hidden />
      </Button>
      <Copy text="copied" what="a text" />
      <Echo request={{ method: 'POST', path: '/api/v1/runs/a/pause', body: {} }} command={['pause', 'a']} />
      <KeyCap>Ctrl</KeyCap>
      <Menu
        trigger={<Button>Menu</Button>}
        groups={[
          [
            { label: 'An entry', shortcut: 'e', act: () => tell('done', 'Done') },
            { label: 'Not now', why: 'It has begun already.', act: () => undefined },
          ],
          [
            {
              label: 'Cancel the run',
              danger: true,
              act: () => tell('fault', 'Refused', 'The run has ended.'),
            },
          ],
        ]}
      />
      <Button onClick={() => tell('told', 'A notice', 'With a sentence of its own.')}>Tell</Button>
    </Section>
  );
}

function Fields() {
  const [text, setText] = useState('');
  return (
    <Section name="Fields" wide>
      <Field label="A name" required help="What it is for.">
        {(ids) => (
          <TextInput
            {...ids}
            value={text}
            onChange={({ target }) => setText(target.value)}
            placeholder="Type"
          />
        )}
      </Field>
      <Field label="With a fault" fault="must be a whole number">
        {(ids) => <TextInput {...ids} defaultValue="1.5" />}
      </Field>
      <Field label="A choice">
        {(ids) => (
          <Choice {...ids}>
            <option>one</option>
            <option>two</option>
          </Choice>
        )}
      </Field>
      <Field label="More words">{(ids) => <TextArea {...ids} />}</Field>
    </Section>
  );
}

function Dialogs() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section name="Dialog">
      <Button onClick={() => setOpen(true)}>Open a dialog</Button>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title="Cancel the run?"
        description="Two steps are at work."
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Leave it</Button>
            <Button kind="danger" onClick={() => setOpen(false)}>
              Cancel the run
            </Button>
          </>
        }
      >
        They are stopped within two seconds.
      </Dialog>
    </Section>
  );
}

function Editors() {
  const [text, setText] = useState(
    'name: review # a comment\nsteps:\n  - { key: plan, retry: { attempts: 3 }, when: true }\n',
  );
  return (
    <Section name="Editor" wide>
      <Suspense fallback={<Skeleton className="h-40" />}>
        <div className="h-40">
          <CodeEditor value={text} onChange={setText} language="yaml" label="A definition" />
        </div>
        <div className="h-24">
          <CodeEditor value='{"read": ["only", 1, null]}' language="json" label="A value that is only read" />
        </div>
      </Suspense>
    </Section>
  );
}
