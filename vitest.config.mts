/** Tests: `unit` in plain Node, with TensorFlow; `renderer` and `renderer-effects`, the window's state; `app`, the real Electron. */
import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const seconds = (n: number): number => n * 1000;

/** Features that an earlier state of the code left on disk would hide what this one does. */
const FRESH = { TSUGIKI_FEATURE_DISK: '0' };

const renderer = { plugins: [svelte({ configFile: false })], resolve: { conditions: ['browser'] } };
const COMPILE_MESSAGES = './test/renderer/compile-messages.ts';

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
        ...renderer,
        test: { name: 'renderer', include: ['test/renderer/**/*.test.ts'], exclude: ['test/renderer/**/*.svelte.test.ts'], globalSetup: COMPILE_MESSAGES }
      },
      {
        ...renderer,
        // Effects run in the window's Svelte alone; Node's own modules are not to be had there.
        test: { name: 'renderer-effects', include: ['test/renderer/**/*.svelte.test.ts'], globalSetup: COMPILE_MESSAGES, environment: './test/renderer/environment.ts' }
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
