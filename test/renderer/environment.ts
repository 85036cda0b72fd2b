/** Node, but the window's Svelte: its effects run, as they do not where a page is only rendered. */
import type { Environment } from 'vitest/runtime';

export default { name: 'window', viteEnvironment: 'client', setup: () => ({ teardown: () => undefined }) } satisfies Environment;
