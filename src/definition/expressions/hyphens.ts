/** Finds members with a hyphen behind a dot, which CEL reads as a subtraction. */
import type { Fault, Place } from './expression-place.ts';
import { blanked } from '../hints/foreign-syntax.ts';

const MEMBER = /\.([A-Za-z_]\w*(?:-+[A-Za-z_]\w*)+)(\s*\()?/g;
const VARIABLE = /\.(?:map|filter|all|exists|exists_one)\s*\(\s*([A-Za-z_]\w*)\s*,/g;

/** The fault of `a.result.content-type`; null where the minus can be meant: what follows it is a known name. */
export function hyphenatedMember(text: string, place: Place): Fault | null {
  if (!text.includes('-') || !text.includes('.')) return null;
  const bare = blanked(text);
  const locals = new Set([...bare.matchAll(VARIABLE)].map((match) => match[1] ?? ''));
  for (const match of bare.matchAll(MEMBER)) {
    const [, member = '', bracket] = match;
    const owner = ownerOf(text, match.index);
    if (bracket !== undefined || owner === 'steps' || owner === 'inputs') continue;
    if (isSubtraction(member, locals, place)) continue;
    const message = `A minus stands in "${member}": behind a dot it subtracts, and there is no "${rest(member)}".`;
    const hint = `Write ${owner}["${member}"], or put spaces around a minus.`;
    return { code: 'member_hyphenated', message, hint };
  }
  return null;
}

/** What stands before the dot at `end`: the way up to there, of a long one its last part. */
const ownerOf = (text: string, end: number): string =>
  /[A-Za-z_)\]][\w.[\]"'-]*$/.exec(text.slice(Math.max(0, end - 100), end))?.[0] ?? '';

/** What is behind the first hyphen. */
const rest = (member: string): string => member.slice(member.search(/-/)).replace(/^-+/, '');

/** Inputs that are not declared are none: a name could be anything then. */
function isSubtraction(member: string, locals: ReadonlySet<string>, place: Place): boolean {
  const name = rest(member);
  const inputs = place.implicitInput === null ? place.inputs : new Map<string, unknown>();
  const candidates = [name, /^\w+/.exec(name)?.[0] ?? name];
  return candidates.some((one) => locals.has(one) || place.steps.has(one) || inputs.has(one));
}
