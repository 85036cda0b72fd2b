/** Builds the window into out/renderer: plain files with relative addresses, no inline script, for Chromium 108 and newer. */
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { samplePictures } from './sample-pictures.mjs';

const root = import.meta.dirname;

/** The window's files come from the app's own protocol: one origin, so the CORS attribute Vite adds has nothing to say there. */
const withoutCrossorigin: Plugin = {
  name: 'without-crossorigin',
  transformIndexHtml: { order: 'post', handler: (html) => html.replaceAll(' crossorigin', '') }
};

export default defineConfig({
  root,
  base: './',
  // The project's folder paths, so that the build can be started from anywhere.
  plugins: [
    paraglideVitePlugin({
      project: resolve(root, '../project.inlang'),
      outdir: resolve(root, 'paraglide'),
      // The window tells Paraglide which language to speak (state/preferences.svelte.ts); nothing is guessed from cookies or addresses.
      strategy: ['globalVariable', 'baseLocale']
    }),
    svelte({ configFile: false }),
    samplePictures(resolve(root, '../resources/sample')),
    withoutCrossorigin
  ],
  build: {
    outDir: resolve(root, '../out/renderer'),
    emptyOutDir: true,
    target: 'chrome108',
    cssTarget: 'chrome108',
    modulePreload: false,
    chunkSizeWarningLimit: 900
  }
});
