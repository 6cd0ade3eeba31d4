import { describe, expect, it } from 'vitest';
import { placeAt } from './place.ts';

/** `|` marks the cursor. */
function at(text: string, format: 'yaml' | 'json' = 'yaml') {
  const offset = text.indexOf('|');
  const place = placeAt(text.replace('|', ''), offset, format);
  if (place === undefined) return undefined;
  const { path, expects, member, present, from, quoted } = place;
  const word = text.slice(from, offset);
  return [path.join('.'), expects, member ?? '', present.join(' '), word, ...(quoted ? ['quoted'] : [])];
}

const HEAD = 'name: w\ninputs:\n  topic: string\n';

describe('names in YAML', () => {
  it.each([
    ['na|', ['', 'key', '', '', 'na']],
    [`${HEAD}st|`, ['', 'key', '', 'inputs name', 'st']],
    [`${HEAD}  de|`, ['inputs', 'key', '', 'topic', 'de']],
    [`${HEAD}  depth:\n    ty|`, ['inputs.depth', 'key', '', '', 'ty']],
    ['steps:\n  - ke|', ['steps.*', 'key', 'steps', '', 'ke']],
    ['steps:\n- ke|', ['steps.*', 'key', 'steps', '', 'ke']],
    ['steps:\n  - key: a\n    ag|\n    prompt: p', ['steps.*', 'key', 'steps', 'key prompt', 'ag']],
    ['steps:\n  - |\n    prompt: p', ['steps.*', 'key', 'steps', 'prompt', '']],
    ['steps:\n  - key: a\n  - key: b\n    |', ['steps.*', 'key', 'steps', 'key', '']],
    ['steps:\n  - key: a\n    http:\n      me|\n    when: x', ['steps.*.http', 'key', '', '', 'me']],
    ['steps:\n  - key: a\n    http:\n      url: u\n    re|', ['steps.*', 'key', 'steps', 'http key', 're']],
    [
      'steps:\n  - key: a\n    dependencies:\n      - x|',
      ['steps.*.dependencies.*', 'key', 'dependencies', '', 'x'],
    ],
    ['steps:\n  - key: a\n# c\n\n    wh|', ['steps.*', 'key', 'steps', 'key', 'wh']],
    ['agents:\n  mine:\n    mcp:\n      files:\n        co|', ['agents.mine.mcp.files', 'key', '', '', 'co']],
  ])('%j', (text, place) => {
    expect(at(text)).toEqual(place);
  });
});

describe('values in YAML', () => {
  it.each([
    ['failure: f|', ['', 'value', 'failure', '', 'f']],
    ['steps:\n  - key: a\n    parallel: |', ['steps.*', 'value', 'parallel', 'key', '']],
    ['steps:\n  - agent: b|', ['steps.*', 'value', 'agent', '', 'b']],
    ['x: "ab|', ['', 'value', 'x', '', 'ab', 'quoted']],
    ['steps:\n  - prompt: |', ['steps.*', 'value', 'prompt', '', '']],
  ])('%j', (text, place) => {
    expect(at(text)).toEqual(place);
  });

  it('go on below where they are texts', () => {
    const text = 'steps:\n  - key: a\n    prompt: >\n      Look at {{ to';
    expect(placeAt(text, text.length, 'yaml')).toMatchObject({
      path: ['steps', '*'],
      expects: 'value',
      member: 'prompt',
    });
  });

  it('are none in comments', () => {
    expect(at('# na|')).toBeUndefined();
    expect(at('name: a # b|')).toBeUndefined();
  });
});

describe('YAML on one line', () => {
  it.each([
    ['inputs: { topic: { ty|', ['inputs.topic', 'key', '', '', 'ty']],
    ['inputs: { topic: { type: st|', ['inputs.topic', 'value', 'type', 'type', 'st']],
    ['steps:\n  - { key: a, wa|', ['steps.*', 'key', '', 'key', 'wa']],
    [
      'steps:\n  - key: a\n    dependencies: [b, c|',
      ['steps.*.dependencies.*', 'key', 'dependencies', '', 'c'],
    ],
    ['steps:\n  - key: a\n    retry: { attempts: 3, |', ['steps.*.retry', 'key', '', 'attempts', '']],
    ['steps:\n  - { key: a, http: { url: https://x/y, me|', ['steps.*.http', 'key', '', 'url', 'me']],
  ])('%j', (text, place) => {
    expect(at(text)).toEqual(place);
  });
});

describe('JSON', () => {
  it.each([
    ['{"na|', ['', 'key', '', '', 'na', 'quoted']],
    ['{"name": "w", |', ['', 'key', '', 'name', '']],
    ['{"failure": "f|', ['', 'value', 'failure', 'failure', 'f', 'quoted']],
    ['{"steps": [{"key": "a", "re|', ['steps.*', 'key', '', 'key', 're', 'quoted']],
    ['{"steps": [{"key": "a", "http": {"me|', ['steps.*.http', 'key', '', '', 'me', 'quoted']],
    [
      '{"steps": [{"dependencies": ["a", "b|',
      ['steps.*.dependencies.*', 'key', 'dependencies', '', 'b', 'quoted'],
    ],
  ])('%j', (text, place) => {
    expect(at(text, 'json')).toEqual(place);
  });

  it('knows nothing outside of brackets', () => {
    expect(at('{} |', 'json')).toBeUndefined();
  });
});
