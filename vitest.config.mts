/** Tests: `unit` in plain Node, with TensorFlow; `renderer`, the window's state; `app`, the real Electron. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const seconds = (n: number): number => n * 1000;

/** Features that an earlier state of the code left on disk would hide what this one does. */
const FRESH = { TSUGIKI_FEATURE_DISK: '0' };

/** Compiled by a process of its own: what Paraglide leaves running keeps vitest from ending. */
const messages = {
  name: 'messages',
  buildStart: () =>
    void execFileSync(process.execPath, ['node_modules/@inlang/paraglide-js/bin/run.js', 'compile', '--silent', '--project', './project.inlang', '--outdir', './renderer/paraglide', '--strategy', 'globalVariable', 'baseLocale'], {
      cwd: import.meta.dirname
    })
};

export default defineConfig({
  test: {
    // Vitest leaves a core to itself by default: on two cores, one test file after the other.
    maxWorkers: Math.min(4, availableParallelism()),
    projects: [
      {
        test: {
          name: 'unit',
          env: FRESH,
          include: ['test/**/*.test.ts'],
          exclude: ['test/app/**', 'test/renderer/**', 'test/bench/**'],
          testTimeout: seconds(120),
          hookTimeout: seconds(120)
        }
      },
      {
        plugins: [
          messages,
          svelte({ configFile: false })
        ],
        resolve: { conditions: ['browser'] },
        test: { name: 'renderer', include: ['test/renderer/**/*.test.ts'], environment: './test/renderer/environment.ts' }
      },
      {
        test: {
          name: 'app',
          env: FRESH,
          include: ['test/app/**/*.test.ts'],
          // One window at a time: they share a display and two cores.
          fileParallelism: false,
          testTimeout: seconds(300),
          hookTimeout: seconds(120)
        }
      }
    ]
  }
});
