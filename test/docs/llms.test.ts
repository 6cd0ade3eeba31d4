/** `llms.txt` says what the documents say. After a change of their titles or first sentences: `vitest run -u` with this file. */
import { expect, it } from 'vitest';
import { llmsText } from './llms-text.ts';

it('llms.txt has every document by its title and first sentence', async () => {
  await expect(llmsText()).toMatchFileSnapshot('../../llms.txt');
});
