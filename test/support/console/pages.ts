/**
 * Pages of the built console in a real browser, before a real API: at both sizes and in both looks, each watched for
 * errors. What a page must always hold, `faultsOf` says.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterFile } from '../after-file.ts';
import { until } from '../until.ts';
import { launchBrowser, openPage } from './browser.ts';

export const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
export const THEMES = ['light', 'dark', 'contrast'] as const;

export interface Look {
  readonly size?: keyof typeof SIZES;
  readonly theme?: (typeof THEMES)[number];
  /** Who looks; commands are given by this name. */
  readonly name?: string;
}

export interface Visitor {
  readonly page: Page;
  /** Opens another address of the console. */
  readonly go: (path: string) => Promise<void>;
  /** Errors of scripts, of the page's policy and of the console since the visit began. */
  readonly errors: readonly string[];
  readonly leave: () => Promise<void>;
}

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A browser for this test file, closed after it. @throws Error that says how to get one */
export async function startBrowser(): Promise<Browser> {
  const browser = await launchBrowser();
  afterFile(() => browser.close());
  return browser;
}

/** @param url of the API @returns how a page of it is visited */
export async function openConsole(url: string): Promise<(path: string, look?: Look) => Promise<Visitor>> {
  const browser = await startBrowser();
  return (path, look = {}) => visit(browser, url, path, look);
}

async function visit(browser: Browser, url: string, path: string, look: Look): Promise<Visitor> {
  const { size = 'desk', theme = 'light', name = 'Ana' } = look;
  const context = await browser.newContext({
    viewport: SIZES[size],
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...(size === 'phone' && { hasTouch: true, isMobile: true }),
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const chosen = JSON.stringify({ theme, name, zone: 'UTC' });
  await context.addInitScript(`localStorage['baton.preferences'] ??= ${JSON.stringify(chosen)}`);
  const page = await openPage(context);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (said) => {
    // A refusal that the page shows is no error of the page.
    if (said.type() === 'error' && !said.text().startsWith('Failed to load resource'))
      errors.push(said.text());
  });
  pressAtRest(page);
  const go = async (to: string) => void (await page.goto(`${url}${to}`));
  await go(path);
  return { page, go, errors, leave: () => context.close() };
}

/**
 * Keys are pressed as a person does it: once the page has done what it is about, so that what is seen has its keys and
 * a dialog has the focus. `g n` is a sequence.
 */
function pressAtRest(page: Page): void {
  const { keyboard } = page;
  const type = keyboard.type.bind(keyboard);
  const press = keyboard.press.bind(keyboard);
  const isAtRest = async () =>
    void (await page.evaluate(
      'new Promise((atRest) => requestIdleCallback(() => atRest(), { timeout: 5000 }))',
    ));
  keyboard.type = async (text, options) => {
    await isAtRest();
    await type(text, options);
  };
  keyboard.press = async (keys, options) => {
    await isAtRest();
    // None waits for the one before: on a busy machine a sequence is as swift as anywhere.
    await Promise.all(keys.split(' ').map((key) => press(key, options)));
  };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What is wrong with the page as it stands: rules of WCAG 2.2 AA, a page wider than its window, errors. Empty: nothing. */
export async function faultsOf({ page, errors }: Visitor): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(AXE);
  // Of what holds nothing is wanted; to describe each place where it does takes time.
  const rules = JSON.stringify({ runOnly: RULES, resultTypes: ['violations'] });
  const violations = await page.evaluate<readonly Violation[]>(
    `axe.run(${rules}).then((found) => found.violations)`,
  );
  const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  return [
    ...errors,
    ...(excess > 0 ? [`the page is ${excess} px wider than its window`] : []),
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)),
  ];
}

/** Waits until `what` is gone. What a dialog or a menu stands before has no role either: that is not what is waited for. */
export async function isGone(what: Locator): Promise<void> {
  const before = what.page().locator('[role=dialog], [role=alertdialog], [role=menu]');
  await until(async () => (await before.count()) === 0);
  await what.waitFor({ state: 'detached' });
}

/** Waits until the page has its heading and nothing of it is on its way. */
export async function isWhole(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await until(async () => (await page.getByRole('status', { name: 'Loading' }).count()) === 0);
}
