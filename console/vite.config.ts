/** Builds the console into `dist/console`, beside the programs: the API serves it. `npm run dev -w console` talks to BATON_URL. */
import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['BATON_URL'] ?? 'http://127.0.0.1:4700';
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder('.'),
  plugins: [react(), tailwind()],
  // The API puts one of its own into each answer: styles that libraries add while the page runs carry it.
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: folder('../dist/console'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2024',
    // Nothing goes into the page as a data: URL, so that its policy need not allow them.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/socket.io', '/docs', '/health'].map((path) => [
        path,
        { target: api, ws: path === '/socket.io', changeOrigin: true, headers: { origin: api } },
      ]),
    ),
  },
});
