/**
 * A text editor for definitions and JSON: lines, folding, search, undo, faults in place. Loaded lazily; colours of the
 * theme. Tab leaves it, as everywhere on the page; Escape, then Tab, where a completion is open.
 */
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';
import { cn } from './class-names.ts';

interface CodeEditorProps {
  readonly value: string;
  /** Left out: it is only read. */
  readonly onChange?: (value: string) => void;
  readonly language: 'yaml' | 'json' | 'text';
  readonly label: string;
  /** Linting and completion of the subject. Must keep its identity, else the editor is set up anew. */
  readonly extensions?: Extension;
  /** Hears of the view, to jump in it. */
  readonly onView?: (view: EditorView) => void;
  readonly className?: string;
}

const NONE: Extension = [];

export default function CodeEditor({
  value,
  onChange,
  language,
  label,
  extensions = NONE,
  onView,
  className,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const own = useRef(new Compartment());
  const changed = useEffectEvent((text: string) => onChange?.(text));
  const isReadOnly = onChange === undefined;
  const initial = useEffectEvent(() => value);
  const made = useEffectEvent((editor: EditorView) => onView?.(editor));
  const subject = useEffectEvent(() => extensions);

  useEffect(() => {
    if (host.current === null) return;
    const state = EditorState.create({
      doc: initial(),
      extensions: [basics(language, label), own.current.of(subject()), reading(isReadOnly), hearing(changed)],
    });
    const editor = new EditorView({ state, parent: host.current });
    view.current = editor;
    made(editor);
    return () => editor.destroy();
  }, [language, label, isReadOnly]);

  useEffect(() => view.current?.dispatch({ effects: own.current.reconfigure(extensions) }), [extensions]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return (
    <div
      ref={host}
      className={cn('h-full min-h-0 overflow-hidden rounded-(--radius) border border-line-strong', className)}
    />
  );
}

function basics(language: CodeEditorProps['language'], label: string): Extension {
  return [
    nonced(),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    history(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...completionKeymap, ...lintKeymap]),
    language === 'text' ? NONE : language === 'json' ? json() : yaml(),
    syntaxHighlighting(COLOURS),
    LOOK,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.lineWrapping,
  ];
}

function reading(isReadOnly: boolean): Extension {
  return isReadOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : NONE;
}

function hearing(changed: (text: string) => void): Extension {
  return EditorView.updateListener.of((update) => {
    if (update.docChanged) changed(update.state.doc.toString());
  });
}

/** The page's policy allows only styles that carry its nonce. */
function nonced(): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  return nonce === undefined ? NONE : EditorView.cspNonce.of(nonce);
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--done)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.keyword], color: 'var(--pause)' },
  { tag: [tags.comment, tags.meta], color: 'var(--quiet)' },
  { tag: tags.invalid, color: 'var(--fail)' },
]);

const LOOK = EditorView.theme({
  '&': { height: '100%', fontSize: '0.8125rem', backgroundColor: 'var(--page)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--quiet)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection':
    {
      backgroundColor: 'var(--accent-wash)',
    },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-wash)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--quiet)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--fail)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--need)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', color: 'var(--quiet)', border: 'none' },
  '.cm-matchingBracket, .cm-selectionMatch': { backgroundColor: 'var(--accent-wash)' },
});
