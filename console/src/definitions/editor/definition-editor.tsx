/** A text, what is wrong with it in place and in a list, and beside it the plan that it makes and how that would go. */
import type { EditorView } from '@codemirror/view';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { lazyPart } from '../../api/part.ts';
import { Skeleton } from '../../parts/states.tsx';
import type { Format } from '../publish.ts';
import { Beside } from './beside.tsx';
import { definitionLanguage, showProblems } from './language/definition-language.ts';
import { placeOfStep, rangeAt } from './language/range.ts';
import { ProblemsList } from './problems-list.tsx';
import type { Outline, Verdict } from './verdict/verdict.ts';

const CodeEditor = lazyPart(() => import('../../parts/code-editor.tsx'));

interface DefinitionEditorProps {
  readonly text: string;
  readonly format: Format;
  readonly verdict: Verdict | undefined;
  readonly onChange: (text: string) => void;
  /** How steps have gone so far, by key. */
  readonly notes?: ReadonlyMap<string, string>;
  /** Buttons. */
  readonly actions: ReactNode;
}

export function DefinitionEditor({ text, format, verdict, onChange, notes, actions }: DefinitionEditorProps) {
  const view = useRef<EditorView>(undefined);
  const language = useMemo(() => definitionLanguage(format), [format]);
  const [isMade, setMade] = useState(false);
  const outline = useLastOutline(verdict);
  useEffect(() => {
    const editor = view.current;
    if (editor !== undefined && verdict?.text === editor.state.doc.toString()) showProblems(editor, verdict);
  }, [verdict, isMade]);
  const goToStep = useCallback((key: string) => {
    const at = placeOfStep(view.current?.state.doc.toString() ?? '', key);
    if (at !== undefined) goTo(view.current, at, at + key.length);
  }, []);
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">{actions}</div>
        <div className="min-h-0 flex-1">
          <Suspense fallback={<Skeleton className="m-4 h-64" />}>
            <CodeEditor
              value={text}
              onChange={onChange}
              language={format}
              label="Definition"
              extensions={language}
              onView={(editor) => {
                view.current = editor;
                setMade(true);
              }}
              className="rounded-none border-0"
            />
          </Suspense>
        </div>
        <ProblemsList
          verdict={verdict}
          isOld={verdict?.text !== text}
          onGo={({ line, column }) => {
            const { from, to } = rangeAt(text, line, column);
            goTo(view.current, from, to);
          }}
        />
      </div>
      <Beside
        text={text}
        format={format}
        notes={notes}
        outline={outline}
        isBroken={(verdict?.errors.length ?? 0) > 0}
        onChoose={goToStep}
      />
    </div>
  );
}

function goTo(editor: EditorView | undefined, from: number, to: number): void {
  editor?.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
  editor?.focus();
}

/** Of the last text that could be compiled. */
function useLastOutline(verdict: Verdict | undefined): Outline | undefined {
  const [last, setLast] = useState<Outline>();
  const next = verdict?.outline ?? undefined;
  if (next !== undefined && next !== last) setLast(next);
  return next ?? last;
}
