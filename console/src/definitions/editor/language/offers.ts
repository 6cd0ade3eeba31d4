/** What can be written at a place, best first: members, words, names of steps, inputs and agents, functions. Pure. */
import { membersAt, kindIn } from './members-at.ts';
import { BUILT_IN_AGENTS, FUNCTIONS, KINDS, PROVIDERS, STATUS_FUNCTIONS, type Member } from './members.ts';
import type { Names } from './names.ts';
import type { Place } from './place.ts';

export interface Offer {
  readonly name: string;
  readonly kind: 'member' | 'word' | 'name' | 'function';
  readonly detail?: string;
  readonly help?: string;
  /** Of a member: what stands below it. */
  readonly member?: Member;
}

/** At a name, or at a value that is no expression. */
export function offersAt(place: Place, names: Names): readonly Offer[] {
  return place.expects === 'key'
    ? [...memberOffers(place), ...itemOffers(place, names)]
    : valueOffers(place, names);
}

function memberOffers({ path, present }: Place): readonly Offer[] {
  const members = membersAt(path, present) ?? {};
  // Both words for one member.
  const taken = new Set([...present, ...(present.includes('onError') ? ['on_error'] : [])]);
  return Object.entries(members).flatMap(([name, member]) =>
    taken.has(name) || name === 'on_error'
      ? []
      : [{ name, kind: 'member' as const, help: member.help, member, ...detailOf(member) }],
  );
}

function detailOf({ values, form }: Member): { detail?: string } {
  if (values !== undefined)
    return { detail: values.length > 3 ? `${values.slice(0, 3).join(' | ')} …` : values.join(' | ') };
  return form === undefined ? {} : { detail: form };
}

function itemOffers({ member, path }: Place, names: Names): readonly Offer[] {
  if (path.at(-1) !== '*' || path.at(-2) !== member) return [];
  if (member === 'dependencies') return named(names.steps, 'step');
  if (member === 'agents') return agentOffers(names);
  if (member === 'models' || member === 'fallback_models') return providerOffers();
  return member === 'kinds' ? words(Object.keys(KINDS)) : [];
}

function valueOffers({ path, member = '', present }: Place, names: Names): readonly Offer[] {
  const found = membersAt(path, [...present, member])?.[member];
  if (found?.values !== undefined) return words(found.values);
  if (member === 'agent' && kindIn([member]) !== undefined) return agentOffers(names);
  if (member === 'extends') return agentOffers(names);
  if (member === 'model') return providerOffers();
  if (path.length === 1 && path[0] === 'inputs')
    return words(membersAt(['inputs', '*'], [])?.['type']?.values ?? []);
  return [];
}

/** Inside of `{{ }}`, and where a whole value is an expression. @param before what stands before the cursor in it */
export function expressionOffers(before: string, names: Names, isCondition: boolean): readonly Offer[] {
  const owner = /([\w-]+)\.[\w-]*$/.exec(before)?.[1];
  if (owner === undefined) {
    return [
      ...named(names.steps, 'step'),
      ...named(names.inputs, 'input'),
      ...named(['inputs', 'steps', 'run'], 'root'),
      ...functions(FUNCTIONS),
      ...(isCondition ? functions(STATUS_FUNCTIONS) : []),
    ];
  }
  if (owner === 'inputs') return named(names.inputs, 'input');
  if (owner === 'steps') return named(names.steps, 'step');
  if (owner === 'run') return named(['id', 'workflow', 'version'], 'run');
  if (owner === 'error') return named(['type', 'message', 'attempt'], 'error');
  return names.steps.includes(owner) ? named(['result', 'status', 'error', 'output'], 'step') : [];
}

/**
 * What stands before the cursor in the expression that is being written; undefined: none is.
 *
 * @param text up to the cursor
 */
export function expressionBefore(text: string, place: Place | undefined): string | undefined {
  const near = text.slice(-2_000);
  const open = near.lastIndexOf('{{');
  if (open >= 0 && near.lastIndexOf('}}') < open) return near.slice(open + 2);
  const isBare = place?.expects === 'value' && ['when', 'if', 'transform'].includes(place.member ?? '');
  return isBare ? text.slice(text.lastIndexOf('\n') + 1).replace(/^[^:]*:\s*/, '') : undefined;
}

const words = (values: readonly string[]): readonly Offer[] => values.map((name) => ({ name, kind: 'word' }));

const named = (all: readonly string[], detail: string): readonly Offer[] =>
  all.map((name) => ({ name, kind: 'name', detail }));

const functions = (all: Readonly<Record<string, string>>): readonly Offer[] =>
  Object.entries(all).map(([name, help]) => ({ name, kind: 'function', help }));

function agentOffers({ agents }: Names): readonly Offer[] {
  const builtIn = BUILT_IN_AGENTS.filter((name) => !agents.includes(name));
  return [...named(agents, 'of this definition'), ...named(builtIn, 'built in')];
}

function providerOffers(): readonly Offer[] {
  return PROVIDERS.map((name) => ({ name: `${name}/`, kind: 'word', detail: 'provider/model' }));
}
