/** The image is built from a few of the files here. That all are there which the build reads is seen without a container. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { ROOT } from '../src/places.ts';

/** What the first of its images takes from here. */
function copied(): readonly string[] {
  const [first = ''] = readFileSync(`${ROOT}/Dockerfile`, 'utf8')
    .split(/^FROM .*$/m)
    .slice(1);
  return [...first.matchAll(/^COPY (?!--)(.*)$/gm)].flatMap(([, paths = '']) =>
    paths.split(' ').slice(0, -1),
  );
}

it('the image has whatever the build of the product consists of', async () => {
  const paths = copied();
  const { metafile } = await build({
    ...{ absWorkingDir: ROOT, entryPoints: ['tools/build.ts'], bundle: true, write: false, metafile: true },
    ...{ format: 'esm', platform: 'node', packages: 'external', logLevel: 'warning' },
  });
  const read = Object.keys(metafile.inputs);
  expect(read).toContain('tools/build.ts');
  expect(read.filter((file) => !paths.some((path) => file === path || file.startsWith(`${path}/`)))).toEqual(
    [],
  );
});
