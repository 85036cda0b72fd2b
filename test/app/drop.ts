/** Files and folders dropped on the window as the system drops them: with their places on disk. */
import type { Page } from 'playwright-core';

/** Drops all of them at once, on the middle of the page's content. */
export async function dropPaths(page: Page, paths: readonly string[]): Promise<void> {
  const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  await session.detach();
}
