/** What every page of the console shares: its address and policy, where one can go, the keyboard, what a reader chooses. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { faultsOf, isWhole, openConsole, SIZES, THEMES, type Visitor } from '../support/console/pages.ts';
import { until } from '../support/until.ts';

const baton = await startBaton();
const visit = await openConsole(baton.url);
await baton.publish(`
name: shown
version: 1.0.0
steps:
  - { key: first, title: First, transform: 1 }
  - { key: approve, title: May it go on?, ask: { prompt: Shall it, approval: true }, dependencies: [first] }
`);
const { id: run } = await baton.start({ workflow: 'shown' });
await until(async () => (await baton.items<object>(`/runs/${run}/questions`)).length > 0);

const html = { headers: { accept: 'text/html' } };

describe('the page', () => {
  it('stands under every address that a person may have, under a policy with a nonce of its own', async () => {
    const answers = await Promise.all(
      ['/', '/runs/some-run/graph', '/definitions'].map((path) => fetch(`${baton.url}${path}`, html)),
    );
    const policies = answers.map(({ headers }) => headers.get('content-security-policy') ?? '');
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(policies).size).toBe(3);
    for (const policy of policies) {
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  it('leaves the addresses of programs alone', async () => {
    const paths = ['/api/v1/nothing', '/docs/nothing', '/assets/nothing.js', '/health/nothing'];
    const answers = await Promise.all(paths.map((path) => fetch(`${baton.url}${path}`, html)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    const asked = await fetch(`${baton.url}/runs`, { headers: { accept: 'application/json' } });
    expect(await asked.json()).toMatchObject({ code: 'route_not_found' });
  });

  it('is asked for again each time, its files never, and they come packed', async () => {
    const page = await fetch(baton.url, html);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
    const file = await fetch(`${baton.url}${script}`);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);
  });
});

describe('the frame', () => {
  it('goes everywhere by keys, and shows them', async () => {
    const { page, leave, errors } = await visit('/');
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
    await page.keyboard.press('g i');
    await page.waitForURL('**/inbox');
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard' });
    await sheet.getByText('Search and commands').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('What do you want to do').fill('definitions');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/definitions');
    expect(errors).toEqual([]);
    await leave();
  });

  it('takes two keys for a sequence by when they were pressed, not by when a busy page hears of them', async () => {
    const { page, leave } = await visit('/runs');
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
    /** Presses `g` and then another key, and lets the page hear of both afterwards. */
    const pressed = (key: string, { hesitates }: { hesitates: boolean }) =>
      page.evaluate(`(async () => {
        const press = (key) => new KeyboardEvent('keydown', { key, bubbles: true });
        const pause = () => new Promise((over) => setTimeout(over, 2000));
        const first = press('g');
        if (${hesitates}) await pause();
        const second = press('${key}');
        document.body.dispatchEvent(first);
        if (!${hesitates}) await pause();
        document.body.dispatchEvent(second);
      })()`);
    await pressed('i', { hesitates: true });
    await pressed('d', { hesitates: false });
    await page.waitForURL('**/definitions');
    await page.goBack();
    // Not by way of the inbox.
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/runs');
    await leave();
  });

  it('says in a few words what a button is for, under the pointer and by keyboard', async () => {
    const { page, leave } = await visit(`/runs/${run}/graph`);
    const button = page.getByRole('button', { name: 'Pause' });
    const words = page.getByRole('button', { name: 'More to do with the run' });
    await words.hover();
    const tip = page.getByRole('tooltip');
    await tip.waitFor();
    expect(await tip.textContent()).toContain('More to do with the run');
    await page.mouse.move(700, 600);
    await tip.waitFor({ state: 'detached' });
    await button.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await tip.waitFor();
    const described = await words.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described}"]`).textContent()).toContain('More to do');
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    await leave();
  });

  it('keeps what a reader chooses', async () => {
    const { page, leave } = await visit('/runs', { theme: 'light' });
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
    await page.keyboard.press(',');
    const dialog = page.getByRole('dialog', { name: 'Preferences' });
    await dialog.getByLabel('Look').selectOption('dark');
    await dialog.getByLabel('Your name').fill('Bo');
    await page.keyboard.press('Escape');
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByText('Bo ·').waitFor();
    await leave();
  });

  it('says so when there is no such page', async () => {
    const { page, leave } = await visit('/nowhere');
    const told = page.getByText('There is no such page');
    await told.waitFor();
    expect(await told.count()).toBe(1);
    await leave();
  });
});

/** Every pair of colours of the third is computed, and seen in the kit. */
const BOTH = ['light', 'dark'] as const;
const VIEWS = ['graph', 'timeline', 'conversation', 'checkpoints', 'events'];
const PATHS = [
  ...['/runs', '/inbox', '/insights', '/__kit'],
  ...['/definitions', '/definitions/shown', '/definitions/shown?tab=versions', '/definitions/shown?tab=edit'],
  ...['trial', 'past'].map((beside) => `/definitions/shown?tab=edit&beside=${beside}`),
  ...VIEWS.map((view) => `/runs/${run}/${view}`),
  ...['overview', 'input', 'output', 'attempts'].map((tab) => `/runs/${run}/graph?step=first&inspect=${tab}`),
];

// One tab for all: what a page has loaded, the next need not; and a page that is there changes its look and its size at once.
describe('to everybody', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit('/');
  });

  it.each(PATHS)('%s can be read at every size and in every look', async (path) => {
    const { page, go } = visitor;
    await page.setViewportSize(SIZES.desk);
    await go(path);
    // The kit shows what a page that loads looks like.
    const isShown = () => (path === '/__kit' ? page.getByText('States').first().waitFor() : isWhole(page));
    const faults: (readonly [string, readonly string[]])[] = [];
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await isShown();
      for (const theme of path === '/__kit' ? THEMES : BOTH) {
        await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
        faults.push([`${size}, ${theme}`, await faultsOf(visitor)]);
      }
    }
    expect(faults.filter(([, found]) => found.length > 0)).toEqual([]);
  });
});
