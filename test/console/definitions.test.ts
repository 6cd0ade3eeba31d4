/** Definitions: found and started, edited with the faults shown, published, and compared with what they were. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { faultsOf, openConsole } from '../support/console/pages.ts';

const TYPED = `name: typed
version: 1.0.0
title: Takes a number
inputs: { pr: { type: integer } }
steps:
  - { key: a, transform: '{{ pr }}' }
`;
const OTHER =
  'name: other\nversion: "1"\nsteps: [{ key: fail, http: { url: "http://127.0.0.1:1/" }, retry: { attempts: 1 } }]';

const baton = await startBaton();
const visit = await openConsole(baton.url);

beforeAll(async () => {
  await baton.publish(TYPED);
  await baton.publish(OTHER);
  for (const body of [{ workflow: 'typed', inputs: { pr: 1 } }, { workflow: 'other' }])
    await baton.finished((await baton.start(body)).id);
});

describe('the list', () => {
  it('tells how the last runs went, and is searched by keyboard', async () => {
    const visitor = await visit('/definitions');
    const { page, leave } = visitor;
    const list = page.getByRole('table', { name: 'Definitions' });
    const row = (name: string) => list.getByRole('row').filter({ hasText: name });
    await row('typed').getByText('100%').waitFor();
    await row('other').getByText('Success0%').waitFor();
    await row('other').getByRole('img', { name: /1 run/ }).waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await page.keyboard.press('/');
    await page.keyboard.type('takes a num');
    await row('other').waitFor({ state: 'detached' });
    await expect.poll(() => new URL(page.url()).searchParams.get('filter')).toBe('takes a num');
    await page.keyboard.press('Escape');
    await leave();
  });

  it('starts what is chosen with j and s by a form, which says what is wrong with what was typed', async () => {
    const { page, errors, leave } = await visit('/definitions?filter=typed');
    await page.getByRole('link', { name: 'typed', exact: true }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog');
    const field = dialog.getByLabel(/^pr/);
    await field.fill('many');
    await dialog.getByRole('button', { name: /^Start/ }).click();
    await dialog.getByText('“many” is no number.').first().waitFor();
    await field.fill('42');
    await dialog.getByRole('button', { name: /^Start/ }).click();
    await page.waitForURL(/\/runs\/typed-/);
    const id = new URL(page.url()).pathname.split('/')[2] ?? '';
    expect((await baton.finished(id)).output).toBe(42);
    expect(errors).toEqual([]);
    await leave();
  });
});

describe('a definition', () => {
  it('is edited with its fault told, published as another version, and compared with the one before', async () => {
    const { page, errors, leave } = await visit('/definitions/typed?tab=edit');
    const editor = page.locator('.cm-content').first();
    await editor.waitFor();
    await editor.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText("  - { key: b, transform: '{{ nothing.result }}', dependencies: [a] }\n");
    await page
      .getByRole('region', { name: 'Problems' })
      .getByText(/nothing/)
      .first()
      .waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText("  - { key: b, transform: '{{ a.result }}', dependencies: [a] }\n");
    await page.getByText('Nothing is wrong').first().waitFor();
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Publish/ }).click();
    await dialog.waitFor({ state: 'detached' });
    const { items } = (await baton.call<{ items: { version: string }[] }>('GET', '/workflows/typed/versions'))
      .body;
    expect(items.map(({ version }) => version)).toContain('1.0.0');
    expect(items).toHaveLength(2);
    await page.goto(`${baton.url}/definitions/typed?tab=versions`);
    await page
      .getByLabel(/^What .* changed against 1\.0\.0$/)
      .getByText(/key: b/)
      .first()
      .waitFor();
    expect(errors).toEqual([]);
    await leave();
  });
});
