/** What `npm run dist` leaves: started on a machine that knows nothing of Tsugiki, it trains, tells how good it is, and quits. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedExecutable } from '../../scripts/dist.mjs';
import { enginePid, sessionOf } from './harness';
import { type Packed, startPacked } from './packed';
import { DataPage } from './pages/data-page';
import { TrainPage } from './pages/train-page';

const executable = packedExecutable();
if (!existsSync(executable)) console.warn('The packed application is not tested: npm run dist -- --dir makes it.');

/** Beside the executable; on macOS inside the bundle. */
const resources = join(dirname(executable), process.platform === 'darwin' ? '../Resources' : 'resources');

describe.skipIf(!existsSync(executable))('the packed application', () => {
  const home = mkdtempSync(join(tmpdir(), 'tsugiki-home-'));
  let packed: Packed;
  beforeAll(async () => {
    packed = await startPacked(executable, home);
  });
  afterAll(() => {
    packed.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('carries what it needs and no more', () => {
    const unpacked = join(resources, 'app.asar.unpacked');
    expect(readdirSync(unpacked).sort()).toEqual(['native', 'resources']);
    expect(readdirSync(join(unpacked, 'native/lib/napi-v8'))).toContain('tfjs_binding.node');
    expect(readdirSync(join(unpacked, 'resources')).sort()).toEqual(['backbone', 'demos', 'icons', 'sample']);
    expect(existsSync(join(resources, 'default_app.asar'))).toBe(false);
    // The bundles, 12 MB; a node_modules would be hundreds.
    expect(statSync(join(resources, 'app.asar')).size).toBeLessThan(20e6);
  });

  it('runs no other code than its own', async () => {
    const wire = await getCurrentFuseWire(process.platform === 'darwin' ? join(resources, '../..') : executable);
    const [OFF, ON] = ['0'.charCodeAt(0), '1'.charCodeAt(0)];
    // Node's own start, cookies, NODE_OPTIONS, --inspect, the archive's checksum, only the archive.
    expect([0, 1, 2, 3, 4, 5].map((fuse) => wire[fuse as keyof typeof wire])).toEqual([OFF, OFF, OFF, OFF, ON, ON]);
  });

  it('opens the sample, trains, and tells the test accuracy', async () => {
    const { page } = packed;
    const data = new DataPage(page);
    await data.openSample();
    const train = new TrainPage(page);
    await train.open();
    await train.fill('setting-limit', 400);
    await train.fill('setting-epochs-0', 1);
    await train.fill('setting-epochs-1', 0);
    await train.start();
    await expect.poll(() => train.status(), { timeout: 120_000 }).toBe('finished');
    const { testAccuracy } = await sessionOf(page);
    // Guessing would be right one time in ten.
    expect(testAccuracy).toBeGreaterThan(0.2);
    expect(await train.testAccuracy()).toBe(testAccuracy);
  });

  it.runIf(process.platform === 'linux')('has TensorFlow from inside the package', () => {
    const maps = readFileSync(`/proc/${enginePid(join(home, '.config/Tsugiki'))}/maps`, 'utf8');
    const libraries = new Set([...maps.matchAll(/\S*(?:libtensorflow|tfjs_binding)\S*/g)].map(([path]) => path));
    expect(libraries.size).toBeGreaterThanOrEqual(3);
    expect([...libraries].filter((path) => !path.startsWith(resources))).toEqual([]);
  });

  it('quits when its window is closed, and takes the engine along', async () => {
    const engine = enginePid(join(home, '.config/Tsugiki'));
    expect(await packed.quit()).toBe(0);
    await expect.poll(() => alive(engine)).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Ended, but nobody has asked for its exit code: a container's first process may never do so.
    return process.platform !== 'linux' || !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
