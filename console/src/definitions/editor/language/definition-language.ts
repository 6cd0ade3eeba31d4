/**
 * Makes an editor know definitions: completion by the place, help for what one points at, faults in place. Faults come
 * from outside (`showProblems`), since they are found beside the page.
 */
import {
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { jsonLanguage } from '@codemirror/lang-json';
import { yamlLanguage } from '@codemirror/lang-yaml';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { hoverTooltip, type EditorView, type Tooltip } from '@codemirror/view';
import type { Format } from '../../publish.ts';
import type { Outline, Problem, Verdict } from '../verdict/verdict.ts';
import { membersAt } from './members-at.ts';
import type { Member } from './members.ts';
import { namesIn } from './names.ts';
import { expressionBefore, expressionOffers, offersAt, type Offer } from './offers.ts';
import { placeAt, type Place } from './place.ts';
import { rangeAt } from './range.ts';

/** The outline of the last text that could be compiled, for names that are not seen in a broken one. */
const knowOutline = StateEffect.define<Outline>();
const knownOutline = StateField.define<Outline | undefined>({
  create: () => undefined,
  update: (value, { effects }) =>
    (effects.findLast((effect) => effect.is(knowOutline))?.value as Outline | undefined) ?? value,
});

/** For `CodeEditor`; must be made once for an editor. */
export function definitionLanguage(format: Format): Extension {
  const language = format === 'yaml' ? yamlLanguage : jsonLanguage;
  return [
    knownOutline,
    language.data.of({ autocomplete: (context: CompletionContext) => completions(context, format) }),
    hoverTooltip((view, at) => helpAt(view, at, format)),
  ];
}

/** Underlines what a verdict says of the text that the editor has now. */
export function showProblems(view: EditorView, { errors, warnings, outline }: Verdict): void {
  const text = view.state.doc.toString();
  const own = (problems: readonly Problem[]) => problems.filter(({ file }) => file == null);
  const diagnostics = [
    ...own(errors).map((problem) => diagnosticOf(problem, 'error', text)),
    ...own(warnings).map((problem) => diagnosticOf(problem, 'warning', text)),
  ];
  view.dispatch(setDiagnostics(view.state, diagnostics));
  if (outline !== null) view.dispatch({ effects: knowOutline.of(outline) });
}

function diagnosticOf(
  { line, column, code, message, hint }: Problem,
  severity: 'error' | 'warning',
  text: string,
): Diagnostic {
  const told = hint === undefined ? message : `${message} ${hint}`;
  return { ...rangeAt(text, line, column), severity, message: told, source: code };
}

const TYPES = { member: 'property', word: 'enum', name: 'variable', function: 'function' } as const;

function completions(context: CompletionContext, format: Format): CompletionResult | null {
  const { state, pos, explicit } = context;
  const text = state.doc.toString();
  const place = placeAt(text, pos, format);
  const names = namesIn(text, state.field(knownOutline));
  const before = expressionBefore(text.slice(Math.max(0, pos - 4_000), pos), place);
  if (before !== undefined) {
    const word = /[\w-]*$/.exec(before)?.[0] ?? '';
    if (word === '' && !explicit && !/[.{]\s?$/.test(before)) return null;
    const isCondition = place?.member === 'when';
    return resultOf(expressionOffers(before, names, isCondition), pos - word.length, (offer) => plain(offer));
  }
  if (place === undefined) return null;
  // An empty value is offered what it can be; an empty line only when somebody asks.
  if (!explicit && place.from === pos && place.expects === 'key' && !place.quoted) return null;
  return resultOf(offersAt(place, names), place.from, (offer) =>
    written(offer, place, format, text.slice(pos)),
  );
}

function resultOf(
  offers: readonly Offer[],
  from: number,
  made: (offer: Offer) => Partial<Completion>,
): CompletionResult | null {
  if (offers.length === 0) return null;
  const options = offers.map((offer, at) => ({
    label: offer.name,
    type: TYPES[offer.kind],
    // In the order in which they are offered, as far as they fit alike.
    boost: Math.max(-90, 50 - at),
    ...(offer.detail !== undefined && { detail: offer.detail }),
    ...(offer.help !== undefined && { info: offer.help }),
    ...made(offer),
  }));
  return { from, options, validFor: /^[\w./-]*$/ };
}

function plain({ name, kind }: Offer): Partial<Completion> {
  return kind === 'function' ? { apply: `${name}(` } : {};
}

/** What is put into the text: of a member with its colon, and with what goes on below it. */
function written({ name, member }: Offer, place: Place, format: Format, after: string): Partial<Completion> {
  if (member === undefined) return format === 'json' && !place.quoted ? { apply: JSON.stringify(name) } : {};
  if (/^["']?\s*:/.test(after)) return { apply: name };
  if (format === 'json') return { apply: jsonKey(name, member, place.quoted, after.startsWith('"')) };
  const isBelow = !place.flow && member.form !== undefined && member.values === undefined;
  return {
    apply: (view, _, from, to) => {
      const insert = isBelow
        ? `${name}:\n${below(view, from)}${member.form === 'list' ? '- ' : ''}`
        : `${name}: `;
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + insert.length },
        userEvent: 'input.complete',
      });
      if (member.values !== undefined || isBelow) startCompletion(view);
    },
  };
}

/** Two more than what the name itself stands at. */
function below(view: EditorView, from: number): string {
  const line = view.state.doc.lineAt(from);
  return ' '.repeat(from - line.from + 2);
}

function jsonKey(
  name: string,
  { form }: Member,
  isOpen: boolean,
  isClosed: boolean,
): NonNullable<Completion['apply']> {
  const value = form === 'list' ? '[]' : form === 'map' ? '{}' : '';
  return (view, _, from, to) => {
    const insert = `${isOpen ? '' : '"'}${name}": ${value}`;
    const end = isClosed ? to + 1 : to;
    const anchor = from + insert.length - (value === '' ? 0 : 1);
    view.dispatch({ changes: { from, to: end, insert }, selection: { anchor }, userEvent: 'input.complete' });
  };
}

function helpAt(view: EditorView, at: number, format: Format): Tooltip | null {
  const { state } = view;
  const line = state.doc.lineAt(at);
  const column = at - line.from;
  const begins = /[\w-]*$/.exec(line.text.slice(0, column))?.[0].length ?? 0;
  const ends = /^[\w-]*/.exec(line.text.slice(column))?.[0].length ?? 0;
  const [from, to] = [at - begins, at + ends];
  if (!/^["']?\s*:/.test(line.text.slice(column + ends))) return null;
  const text = state.doc.toString();
  const place = placeAt(text, to, format);
  const name = text.slice(from, to);
  const member = place === undefined ? undefined : membersAt(place.path, [...place.present, name])?.[name];
  if (member === undefined) return null;
  return { pos: from, end: to, above: true, create: () => ({ dom: helpOf(name, member) }) };
}

function helpOf(name: string, { help, values }: Member): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'max-w-80 px-2 py-1 text-xs';
  const title = dom.appendChild(document.createElement('div'));
  title.className = 'font-mono font-semibold';
  title.textContent = values === undefined ? name : `${name}: ${values.join(' | ')}`;
  dom.appendChild(document.createElement('div')).textContent = help;
  return dom;
}
