import { describe, expect, it } from 'vitest';
import { namesIn } from './names.ts';
import { expressionBefore, expressionOffers, offersAt } from './offers.ts';
import { placeAt } from './place.ts';

const DOC = `name: w
inputs:
  topic: string
agents:
  careful: { purpose: x }
steps:
  - key: first
    agent: careful
    prompt: p
`;

/** `|` marks the cursor; all that is offered there. */
function offered(added: string): readonly string[] {
  const marked = `${DOC}${added}`;
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const place = placeAt(text, offset, 'yaml');
  const names = namesIn(text, undefined);
  const before = expressionBefore(text.slice(0, offset), place);
  const offers =
    before === undefined
      ? place === undefined
        ? []
        : offersAt(place, names)
      : expressionOffers(before, names, place?.member === 'when');
  return offers.map(({ name }) => name);
}

describe('offers', () => {
  it('of members leave out those that are there', () => {
    const members = offered('  - key: b\n    http:\n      url: u\n    |');
    expect(members).toContain('retry');
    expect(members).not.toContain('http');
    expect(members).not.toContain('prompt');
  });

  it('of a new step begin with what tells its kind', () => {
    expect(offered('  - key: b\n    |').slice(0, 3)).toEqual(['agent', 'ask', 'http']);
  });

  it('of words are those of the member', () => {
    expect(offered('failure: |')).toEqual(['fast', 'finish']);
    expect(offered('  - key: b\n    parallel: |')).toEqual(['true', 'false']);
    expect(offered('  - key: b\n    http: { method: |')).toContain('POST');
  });

  it('of dependencies are the steps', () => {
    expect(offered('  - key: second\n    dependencies: [|')).toEqual(['first', 'second']);
    expect(offered('  - key: second\n    dependencies:\n      - f|')).toEqual(['first', 'second']);
  });

  it('of agents are the definition’s own, then the built-in ones', () => {
    expect(offered('  - key: second\n    agent: |').slice(0, 2)).toEqual(['careful', 'plan']);
  });

  it('in expressions are steps, inputs and functions', () => {
    expect(offered("  - key: b\n    prompt: '{{ |").slice(0, 3)).toEqual(['first', 'b', 'topic']);
    expect(offered("  - key: b\n    prompt: '{{ first.|")).toEqual(['result', 'status', 'error', 'output']);
    expect(offered('  - key: b\n    when: steps.|')).toEqual(['first', 'b']);
    expect(offered('  - key: b\n    when: |')).toContain('succeeded');
    expect(offered("  - key: b\n    prompt: '{{ x }} |")).toEqual([]);
  });

  it('are none where nothing is known', () => {
    expect(offered('labels:\n  te|')).toEqual([]);
    expect(offered('title: |')).toEqual([]);
  });
});
