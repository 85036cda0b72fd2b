/**
 * Pictures of every page in both languages and both themes, from the built window in a plain Chromium with a fake bridge.
 * `CHROMIUM=/usr/bin/chromium node test/renderer/look.mjs [out folder]`; the window has to be built.
 */
import { build } from 'esbuild';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');
const out = resolve(process.argv[2] ?? join(root, 'test-results/look'));
mkdirSync(out, { recursive: true });

const bundle = await build({ entryPoints: [join(import.meta.dirname, 'fake-bridge.ts')], bundle: true, write: false, format: 'iife', target: 'chrome108' });
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:";
const server = createServer((request, response) => {
  const path = request.url === '/' ? '/index.html' : request.url;
  try {
    const body = readFileSync(join(root, 'out/renderer', path));
    response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'text/plain', 'Content-Security-Policy': policy }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0);
const address = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
const complaints = [];

async function look(locale, theme, width = 1280, height = 800) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(bundle.outputFiles[0].text);
  await page.goto(address);
  const at = (id) => page.getByTestId(id);
  const shot = (name) => page.screenshot({ path: join(out, `${locale}-${theme}-${width}-${name}.png`) });
  await at('language').selectOption(locale);
  await at('theme').selectOption(theme);
  await at('door-sample').waitFor();
  await shot('1-start');
  await at('door-cifar10').click();
  await at('picture-grid').waitFor();
  await page.waitForTimeout(300);
  await shot('2-data');
  await at('nav-network').click();
  await at('freeze-line').waitFor();
  await at('phase-1').click();
  await at('setting-from-1').selectOption('block_13_expand');
  await at('block-block_13').click();
  await page.waitForTimeout(300);
  await shot('3-network');
  await at('nav-train').click();
  await page.evaluate(() => {
    window.fake.answers['train:start'] = ({ recipe }) => {
      window.fake.start(recipe, 0);
      return { runId: 'run-1' };
    };
  });
  await at('train-start').click();
  await page.evaluate(() => window.fake.step(720));
  await page.waitForTimeout(400);
  await shot('4-training');
  await page.evaluate(() => window.fake.tell({ kind: 'interrupted', resumable: true, epochsDone: 11, detail: '' }));
  await page.waitForTimeout(300);
  await shot('5-interrupted');
  await page.evaluate(() => {
    window.fake.tell({ kind: 'continued' });
    window.fake.step(5000);
  });
  await page.waitForTimeout(400);
  await shot('6-trained');
  await at('nav-understand').click();
  await shot('7-understand');
  await at('nav-try').click();
  await shot('8-try-empty');
  await at('picture-input').setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer: await page.locator('main').screenshot({ clip: { x: 600, y: 300, width: 200, height: 150 } }).catch(() => Buffer.alloc(0)) });
  await at('export-tfjs').click();
  await at('export-result').waitFor();
  await page.waitForTimeout(300);
  await shot('9-try');
  await page.keyboard.press('?');
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await shot('10-keys');
  await page.close();
}

await look('en', 'light');
await look('ja', 'dark');
if (process.argv.includes('--all')) {
  await look('ja', 'light');
  await look('en', 'dark', 1024, 640);
}
await browser.close();
server.close();
console.log(complaints.length ? `Complaints:\n${complaints.join('\n')}` : 'No complaints.');
