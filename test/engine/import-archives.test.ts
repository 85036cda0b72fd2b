/** Archives that Python's own zipfile and tarfile wrote, held against what Python itself reads out of them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { discover } from '../../electron/engine/data/import/discover';
import type { FoundFiles } from '../../electron/engine/data/import/discovery';
import { inspectPicture } from '../../electron/engine/data/import/inspect';
import { greyPng } from './bad-files/build';
import { temporaryFolder } from './fixtures';

/** Writes each kind of archive into a folder, from a picture in hex; says which names have which SHA-1 in each. */
const PROGRAM = `
import hashlib, io, json, sys, tarfile, zipfile
folder, picture = sys.argv[1], bytes.fromhex(sys.argv[2])
names = ['cat/1.png', 'cat/deep/er/2.png', 'dog/a b.png', '猫/ねこ.png', 'nüsse/é.png', 'emoji 😺/👩‍👩‍👧.png', 'cat/' + 'x' * 200 + '.png', 'dog/' + '/'.join(['d' * 60] * 5) + '/long.png']
content = {name: picture + name.encode() for name in names}

def zipped(path, compression, zip64=False):
    with zipfile.ZipFile(path, 'w') as archive:
        archive.comment = b'a comment'
        for name, data in content.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            with archive.open(info, 'w', force_zip64=zip64) as file: file.write(data)

def streamed(path):
    class Pipe(io.RawIOBase):
        def __init__(self, file): self.file = file
        def writable(self): return True
        def write(self, data): return self.file.write(data)
    with open(path, 'wb') as file, zipfile.ZipFile(Pipe(file), 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items(): archive.writestr(name, data)

def tarred(path, mode, format):
    with tarfile.open(path, mode, format=format) as archive:
        for name, data in content.items():
            if format == tarfile.USTAR_FORMAT and len(name.encode()) > 200: continue
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))

zipped(f'{folder}/stored.zip', zipfile.ZIP_STORED)
zipped(f'{folder}/64.zip', zipfile.ZIP_DEFLATED, zip64=True)
zipped(f'{folder}/deflated.zip', zipfile.ZIP_DEFLATED)
streamed(f'{folder}/streamed.zip')
tarred(f'{folder}/ustar.tar', 'w', tarfile.USTAR_FORMAT)
tarred(f'{folder}/gnu.tar', 'w', tarfile.GNU_FORMAT)
tarred(f'{folder}/pax.tar.gz', 'w:gz', tarfile.PAX_FORMAT)

truth = {}
for name in ['stored.zip', '64.zip', 'deflated.zip', 'streamed.zip']:
    with zipfile.ZipFile(f'{folder}/{name}') as archive:
        truth[name] = {info.filename: hashlib.sha1(archive.read(info)).hexdigest() for info in archive.infolist()}
for name in ['ustar.tar', 'gnu.tar', 'pax.tar.gz']:
    with tarfile.open(f'{folder}/{name}') as archive:
        truth[name] = {member.name: hashlib.sha1(archive.extractfile(member).read()).hexdigest() for member in archive.getmembers()}
print('ANSWER ' + json.dumps(truth))
`;

const root = temporaryFolder();
const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
if (python === undefined) console.info('skipped: there is no Python to write archives with');

it.skipIf(python === undefined)('are read name by name and byte by byte as Python reads them', async () => {
  const { stdout, stderr } = spawnSync(python ?? '', ['-c', PROGRAM, root, greyPng(7, 8).toString('hex')], { encoding: 'utf8', env: { ...process.env, PYTHONUTF8: '1' } });
  const answer = /^ANSWER (.*)$/m.exec(stdout)?.[1];
  expect(answer, stderr).toBeDefined();
  const truth = JSON.parse(answer ?? '{}') as Record<string, Record<string, string>>;
  expect(Object.values(truth).map((files) => Object.keys(files).length)).toEqual([8, 8, 8, 8, 6, 8, 8]);
  for (const [name, files] of Object.entries(truth)) {
    const own = join(root, `own ${name}`);
    mkdirSync(own);
    const { folder, pictures, skipped } = (await discover(join(root, name), own, quietContext())) as FoundFiles;
    const hashes = await Promise.all(pictures.map(async ({ file }) => [file, (await inspectPicture(join(folder, file))).hash]));
    expect(Object.fromEntries(hashes), name).toEqual(files);
    expect(skipped, name).toEqual([]);
    expect(pictures.map(({ file, className }) => [className, file.split('/')[0]?.normalize('NFC')]).every(([a, b]) => a === b)).toBe(true);
  }
});
