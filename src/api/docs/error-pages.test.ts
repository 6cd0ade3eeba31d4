import { expect, it } from 'vitest';
import { PROBLEMS } from '../../contract/problem-codes.ts';
import { errorPages, pagesOf } from './error-pages.ts';

it('every problem has a page', () => {
  const { all, byCode } = errorPages();
  expect([...byCode.keys()].toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  expect(all.html).toContain('<td><a id="run_closed"></a><code>run_closed</code></td>');
});

it('a page has what the table says, and leads to no document that is not served', () => {
  const text = `| code | status | when | what to do |
| --- | --- | --- | --- |
| <a id="some_code"></a>\`some_code\` | 409 | It is \`so\`. | See [there](other.md), or [here](#x). |
`;
  const page = pagesOf(text).byCode.get('some_code');
  expect(page?.markdown).toBe(
    '# some_code\n\n**Status:** 409\n\n**When:** It is `so`.\n\n**What to do:** See [there](other.md), or [here](#x).\n\n' +
      '[All errors](/docs/errors)\n',
  );
  expect(page?.html).toContain('<h1>some_code</h1>');
  expect(page?.html).toContain('See there, or <a href="#x">here</a>.');
});
