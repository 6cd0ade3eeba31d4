/** Shows a page in the user's browser. Where there is none, its address stands on the screen already. */
import { note } from './output.ts';

export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open');
  const browser = await open(url);
  browser.on('error', (error) => note(`no browser could be opened: ${error.message}`));
}
