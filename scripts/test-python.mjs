/** The tests that other programs judge: Keras, TensorFlow, TensorBoard, JAX, onnxruntime, LiteRT and coremltools, in Python. `npm run test:python` */
import { readdirSync, readFileSync } from 'node:fs';
import { main, setup } from './setup.mjs';
import { setup as setupJudges } from './setup/judges.mjs';
import { inRoot } from './setup/places.mjs';
import { Tally } from './test/tally.mjs';

/** Those that ask a Python. */
const judged = () =>
  readdirSync(inRoot('test'), { recursive: true })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts') && /from '[./\w]*\/python'/.test(readFileSync(inRoot(name), 'utf8')));

await main(async () => {
  await setup({ window: false });
  const tally = new Tally();
  // One after the other: each of them has a TensorFlow of its own in memory, and counts the seconds.
  await tally.vitest('judged in Python', ['--project', 'unit', '--no-file-parallelism', ...judged()], { env: { TSUGIKI_TF_PYTHON: await setupJudges() } });
  tally.end();
});
