/** What goes wrong is said in Japanese in the Japanese window: files, projects, recipes, weights and models that are refused. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignWords } from '../foreign-words';
import { newFolder } from './albums';
import { dropPaths } from './drop';
import { type Running, answerDialogs, call, launch } from './harness';
import { DataPage } from './pages/data-page';
import { madePicture, png } from './pictures';

describe('in the Japanese window', () => {
  let running: Running;
  let data: DataPage;
  const folder = newFolder();
  /** Names of these tests' own. */
  const names = [folder, 'mistaken.json', 'broken.json', 'torn.png', 'page.png', 'empty.jpg', 'bathSize', 'epochs', 'inputSize', 'phases', 'phone.heic', 'gone.png', 'weights.h5', 'model.h5', 'list.csv'];

  beforeAll(async () => {
    running = await launch();
    data = new DataPage(running.page);
    await data.setLanguage('ja');
  });
  afterAll(() => running.close());

  /** The notice that begins so; it is closed. */
  async function told(start: RegExp): Promise<string> {
    const toast = data.toasts.filter({ hasText: start });
    await toast.first().waitFor({ timeout: 60_000 });
    const text = ((await toast.first().locator('p').textContent()) ?? '').replaceAll('\u200b', '');
    await running.shot(`japanese-${++shots}`);
    await toast.first().getByRole('button').last().click();
    expect(foreignWords(text, names), text).toEqual([]);
    return text;
  }
  let shots = 0;

  it('a folder without pictures', async () => {
    const empty = join(folder, 'nothing');
    mkdirSync(empty);
    await dropPaths(running.page, [empty]);
    await told(/読み取れる画像がありません/);
  });

  it('a project that is damaged', async () => {
    const project = join(folder, 'damaged');
    mkdirSync(project);
    writeFileSync(join(project, 'project.tsugiki'), JSON.stringify({ format: 'tsugiki-project', version: 1, created: 'x', app: '1' }));
    writeFileSync(join(project, 'pictures.jsonl'), '{"name": \n');
    await dropPaths(running.page, [project]);
    expect(await told(/pictures\.jsonl/)).toContain('JSON の書き方に誤りがある');
  });

  it('files that are no pictures, and a class that is alone', async () => {
    const one = join(folder, 'one', 'cat');
    mkdirSync(one, { recursive: true });
    for (let i = 0; i < 10; i++) writeFileSync(join(one, `${i}.png`), png(madePicture(i)));
    writeFileSync(join(one, 'torn.png'), png(madePicture(99)).subarray(0, 60));
    writeFileSync(join(one, 'page.png'), '<!doctype html><p>Not found</p>');
    writeFileSync(join(one, 'empty.jpg'), '');
    writeFileSync(join(one, 'phone.heic'), 'x');
    await dropPaths(running.page, [join(folder, 'one')]);
    await data.toasts.getByRole('button', { name: '表示' }).click({ timeout: 60_000 });
    const rows = data.at('skipped').locator('li');
    await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(4);
    for (const text of await rows.allTextContents()) expect(foreignWords(text.replaceAll('\u200b', ''), [...names, 'cat/'])).toEqual([]);
    expect((await rows.allTextContents()).join()).toContain('画像の名前が付いたウェブページです');
    await running.shot('japanese-skipped');
    await data.go('train');
    await data.at('train-start').click();
    expect(await told(/クラス/)).toContain('2 つ以上のクラスが必要です');
  });

  it('a recipe with mistakes, or none at all', async () => {
    await data.go('train');
    const open = async (name: string, text: string): Promise<void> => {
      writeFileSync(join(folder, name), text);
      await answerDialogs(running.app, join(folder, name));
      await data.at('recipe-menu').click();
      await data.at('menu-open').click();
    };
    await open('mistaken.json', JSON.stringify({ bathSize: 64, inputSize: 16, phases: [{ name: 'a', epochs: '3' }] }));
    const mistakes = await told(/レシピ/);
    expect(mistakes).toContain('「inputSize」は 32 以上にしてください（今は 16）。');
    expect(mistakes).toContain('「phases[0].epochs」は数値にしてください');
    await open('broken.json', '{ "inputSize": 32, }');
    await told(/JSON ではありません/);
  });

  it('weights and models that are none', async () => {
    writeFileSync(join(folder, 'weights.h5'), 'not weights');
    writeFileSync(join(folder, 'model.h5'), 'not a model');
    await answerDialogs(running.app, join(folder, 'weights.h5'));
    await data.go('network');
    await data.at('setting-weights').selectOption('file');
    await data.go('train');
    await data.at('train-start').click();
    await told(/./);
    await answerDialogs(running.app, join(folder, 'model.h5'));
    await data.go('try');
    await data.at('open-model').first().click();
    await told(/開けるモデル|読み取れません|モデル/);
  });

  it('what is asked for wrongly', async () => {
    await expect(call(running.page, 'project:open', { path: join(folder, 'gone') } as never)).rejects.toThrow(/gone/);
  });
});
