/** Names of projects' folders, and what a project is called after. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePath, nameOfPaths, slug } from '../../electron/main/naming';

describe('slug', () => {
  it.each([
    ['Meine Blüten 2!', 'meine-blüten-2'],
    ['犬と猫', '犬と猫'],
    ['हिन्दी', 'हिन्दी'],
    ['../../etc/passwd', 'etc-passwd'],
    ['CON', 'con-1'],
    ['!?', 'tsugiki'],
    ['x'.repeat(300), 'x'.repeat(60)]
  ])('of %s', (name, stem) => expect(slug(name)).toBe(stem));

  it('fits every file system, in Japanese too, and is the same however the name was composed', () => {
    expect(Buffer.byteLength(slug('猫'.repeat(200)))).toBeLessThanOrEqual(255);
    expect(slug('が'.normalize('NFD'))).toBe(slug('が'));
  });
});

it('a free path counts up past what is there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsugiki-naming-'));
  mkdirSync(join(folder, 'cats'));
  mkdirSync(join(folder, 'cats-2'));
  expect(freePath(folder, 'cats')).toBe(join(folder, 'cats-3'));
  expect(freePath(folder, 'dogs')).toBe(join(folder, 'dogs'));
});

it.each([
  [['/home/me/pets'], 'pets'],
  [['/home/me/pets/'], 'pets'],
  [['/home/me/cats.tar.gz'], 'cats'],
  [['/home/me/photos.v2'], 'photos.v2'],
  [['/home/me/犬.zip'], '犬'],
  [['/home/me/pets/cat', '/home/me/pets/dog'], 'pets'],
  [['/home/me/pets/cat/1.jpg', '/home/me/pets/dog/2.jpg'], 'pets'],
  [['/home/me/pets/cat', '/media/dog'], ''],
  [['/'], ''],
  [[], '']
])('a project of %j is called "%s"', (paths, name) => expect(nameOfPaths(paths)).toBe(name));
