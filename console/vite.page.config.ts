/**
 * Builds the console once more, as one page without a server: `dist/console-page/page.html`, into which `baton export RUN
 * --html` puts the answers of the API for a run. Everything stands in the file; its policy lets it ask nobody.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder('.'),
  plugins: [react(), tailwind(), onePage()],
  publicDir: false,
  resolve: { alias: { '@fontsource-variable/inter/wght.css': folder('src/no-font.css') } },
  build: {
    outDir: folder('../dist/console-page'),
    emptyOutDir: true,
    target: 'es2024',
    cssCodeSplit: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    modulePreload: false,
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: { input: folder('src/main.tsx'), output: { codeSplitting: false } },
  },
});

/** Puts script and styles into the page, and the script's digest into its policy. Last: what is written is final. */
function onePage(): Plugin {
  return {
    name: 'one-page',
    writeBundle({ dir = '' }, bundle) {
      const names = Object.keys(bundle);
      const text = (end: string) =>
        readFileSync(join(dir, names.find((name) => name.endsWith(end)) ?? end), 'utf8');
      // What would end the element early.
      const code = text('.js')
        .replaceAll('</script', String.raw`<\/script`)
        .replaceAll('<!--', String.raw`<\!--`);
      const whole = page(code, text('.css'));
      for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true });
      writeFileSync(join(dir, 'page.html'), whole);
    },
  };
}

function page(code: string, css: string): string {
  const policy = [
    "default-src 'none'",
    `script-src '${digest(code)}'`,
    // Libraries add styles while the page runs; nothing can be asked by them, since images and fonts stay in the file.
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Baton</title>
<style>${css}</style>
</head>
<body>
<div id="root"></div>
<script type="application/json" id="baton-export">__EXPORT__</script>
<script type="module">${code}</script>
</body>
</html>
`;
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
