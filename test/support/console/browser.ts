/**
 * A real Chromium for tests and benches of the console: `CHROMIUM_PATH`, else `chromium` on PATH, else the one that the npm package
 * `@sparticuz/chromium` carries. Without any, or where it cannot be started, the tests fail and say what to install.
 */
import { access, constants } from 'node:fs/promises';
import carried from '@sparticuz/chromium';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import which from 'which';
import { PATIENCE_MS } from '../until.ts';

/** No sandbox: in containers root may not have one, and the pages are our own. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'];

const ADVICE =
  'Install one (Debian: apt-get install --no-install-recommends chromium fonts-dejavu-core; of the carried one the ' +
  'libraries libnss3 and libnspr4), or name one by CHROMIUM_PATH.';

/** A browser; whoever starts it closes it. @throws Error that says how to get one */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await browserPath();
  return chromium.launch({ executablePath, args: ARGUMENTS }).catch((cause: unknown) => {
    throw new Error(`Chromium at ${executablePath} does not start. ${ADVICE}`, { cause });
  });
}

/** A page that waits for what is on it as long as whatever else waits; `BATON_TEST_PAGE_MS` says another time. */
export async function openPage(from: Browser | BrowserContext): Promise<Page> {
  const page = await from.newPage();
  page.setDefaultTimeout(Number(process.env['BATON_TEST_PAGE_MS'] ?? PATIENCE_MS));
  return page;
}

async function browserPath(): Promise<string> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined) {
    await access(named, constants.X_OK).catch((cause: unknown) => {
      throw new Error(`CHROMIUM_PATH=${named} cannot be run. ${ADVICE}`, { cause });
    });
    return named;
  }
  const installed = await which('chromium', { nothrow: true });
  return installed ?? (await unpacked());
}

/** It unpacks itself into the folder for temporary files, once. */
async function unpacked(): Promise<string> {
  try {
    return await carried.executablePath();
  } catch (cause) {
    throw new Error(`There is no Chromium. ${ADVICE}`, { cause });
  }
}
