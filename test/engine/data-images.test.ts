import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePicture, type Picture, readPicture, resizePicture } from '../../electron/engine/runtime/images';
import { readPictureHeader } from '../../electron/engine/runtime/picture-header';
import { tf } from '../../electron/engine/runtime/tensorflow';
import pictures from '../fixtures/pictures/pictures.json';
import recorded from '../fixtures/tf-resize.json';
import { bmp, type Colours, GIF, jpeg, plain, png, withOrientation } from './fixtures';
import { PHOTOS } from './shared';

const colourAt = ({ width, pixels }: Picture, x: number, y: number): number[] => [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];

/** 24 x 16; the quarters red, green, blue and white, clockwise from the top left. */
const QUARTERS = { topLeft: [255, 0, 0], topRight: [0, 255, 0], bottomRight: [0, 0, 255], bottomLeft: [255, 255, 255] };
const quarters: Colours = {
  width: 24,
  height: 16,
  at: (x, y) => (y < 8 ? (x < 12 ? QUARTERS.topLeft : QUARTERS.topRight) : x < 12 ? QUARTERS.bottomLeft : QUARTERS.bottomRight)
};

const fixture = (name: string): Buffer => readFileSync(join(__dirname, '..', 'fixtures', 'pictures', name));

/** A valid file of one grey: every block of 8 x 8 is the same few bits, "no difference" (00) and "nothing more" (1010) in JPEG's usual tables. */
async function greyJpeg(size: number): Promise<Buffer> {
  const tensor = tf.fill([8, 8, 1], 128, 'int32') as ReturnType<typeof tf.tensor3d>;
  const small = Buffer.from(await tf.node.encodeJpeg(tensor, 'grayscale', 95, false, false, false).finally(() => tensor.dispose()));
  const frame = small.indexOf(Buffer.of(0xff, 0xc0));
  small.writeUInt16BE(size, frame + 5);
  small.writeUInt16BE(size, frame + 7);
  const scan = small.indexOf(Buffer.of(0xff, 0xda));
  const blocks = Math.ceil(size / 8) ** 2;
  const data = Buffer.alloc((blocks / 4) * 3, Buffer.of(0x28, 0xa2, 0x8a));
  return Buffer.concat([small.subarray(0, scan + 2 + small.readUInt16BE(scan + 2)), data, Buffer.of(0xff, 0xd9)]);
}

describe('decodePicture', () => {
  // What Pillow sees in them; see record-pictures.py.
  it.each(Object.entries(pictures))('sees in %s what Pillow sees', (name, { width, height, tolerance, points }) => {
    const picture = decodePicture(fixture(name));
    expect([picture.width, picture.height, picture.pixels.length]).toEqual([width, height, width * height * 3]);
    for (const [x = 0, y = 0, ...colour] of points) {
      const difference = colourAt(picture, x, y).map((value, i) => Math.abs(value - colour[i]!));
      expect(Math.max(...difference), `at ${x}, ${y}: ${colourAt(picture, x, y).join(' ')} for ${colour.join(' ')}`).toBeLessThanOrEqual(tolerance);
    }
  });

  it('reads on after a damaged WebP or AVIF', () => {
    for (const name of ['lossless.webp', 'animated.webp', 'colour.avif'] as const) {
      const whole = fixture(name);
      expect(() => decodePicture(whole.subarray(0, whole.length - 60)), name).toThrow(/damaged or cut off|stops at once/);
      const broken = Buffer.from(whole).fill(0x5a, whole.length - 60);
      try {
        decodePicture(broken);
      } catch (error) {
        expect(error, name).toMatchObject({ code: 'picture_unreadable' });
      }
      const [width, height] = [pictures[name].width, pictures[name].height];
      expect(decodePicture(whole), name).toMatchObject({ width, height });
    }
  });

  it('lays a frame of a GIF that does not fill it on white', () => {
    const bytes = Buffer.from(GIF);
    bytes.writeUInt16LE(3, 6);
    bytes.writeUInt16LE(2, 8);
    // The first frame's descriptor stands behind its control block.
    const image = bytes.indexOf(Buffer.of(0x2c, 0, 0, 0, 0));
    bytes.writeUInt16LE(1, image + 1);
    bytes.writeUInt16LE(1, image + 3);
    const white = [255, 255, 255];
    const picture = decodePicture(bytes);
    expect([picture.width, picture.height, ...picture.pixels]).toEqual([3, 2, ...white, ...white, ...white, ...white, 255, 0, 0, ...white]);
  });

  it('reads a JPEG of 20,000 x 20,000 at an eighth when no more is asked for', async () => {
    const huge = await greyJpeg(20_000);
    expect(readPictureHeader(huge)).toMatchObject({ width: 20_000, height: 20_000 });
    expect([...readPicture(huge, 2, 2).pixels]).toEqual(new Array(12).fill(128));
    expect(() => decodePicture(huge)).toThrow(/20000 x 20000 pixels, more than can be read/);
    const progressive = Buffer.from(huge);
    progressive[progressive.indexOf(Buffer.of(0xff, 0xc0)) + 1] = 0xc2;
    expect(() => readPicture(progressive, 2, 2)).toThrow(/20000 x 20000 pixels, more than can be read/);
  });

  it('says of a JPEG of 12 bits what it is', async () => {
    const bytes = Buffer.from(await jpeg(quarters));
    bytes[bytes.indexOf(Buffer.of(0xff, 0xc0)) + 4] = 12;
    expect(() => decodePicture(bytes)).toThrow(/a JPEG of 12 bits a colour\. Save it with 8 bits/);
  });

  it.each(['png', 'bmp'] as const)('gives the exact pixels of a %s', async (kind) => {
    const picture = decodePicture(kind === 'png' ? await png(quarters) : bmp(quarters));
    expect([picture.width, picture.height]).toEqual([24, 16]);
    expect(colourAt(picture, 0, 0)).toEqual(QUARTERS.topLeft);
    expect(colourAt(picture, 23, 0)).toEqual(QUARTERS.topRight);
    expect(colourAt(picture, 11, 15)).toEqual(QUARTERS.bottomLeft);
    expect(colourAt(picture, 12, 15)).toEqual(QUARTERS.bottomRight);
  });

  it('takes the first frame of a GIF', () => {
    const picture = decodePicture(GIF);
    expect([picture.width, picture.height, ...picture.pixels]).toEqual([1, 1, 255, 0, 0]);
  });

  it('spreads grey over the three colours and lays transparency on white', async () => {
    expect([...decodePicture(await png(plain(1, 1, 100))).pixels]).toEqual([100, 100, 100]);
    expect([...decodePicture(await png(plain(1, 1, 0, 100, 200, 0))).pixels]).toEqual([255, 255, 255]);
    expect([...decodePicture(await png(plain(1, 1, 0, 100, 200, 51))).pixels]).toEqual([204, 224, 244]);
    expect([...decodePicture(await png(plain(1, 1, 50, 255))).pixels]).toEqual([50, 50, 50]);
  });

  // EXIF 2.3, 4.6.4: which side of the upright picture the stored first row and first column are.
  it.each([
    [1, 'top', 'left'], [2, 'top', 'right'], [3, 'bottom', 'right'], [4, 'bottom', 'left'],
    [5, 'left', 'top'], [6, 'right', 'top'], [7, 'right', 'bottom'], [8, 'left', 'bottom']
  ] as const)('turns orientation %i upright: stored first row is the %s', async (orientation, row, column) => {
    const swapped = orientation >= 5;
    const stored: Colours = {
      width: swapped ? quarters.height : quarters.width,
      height: swapped ? quarters.width : quarters.height,
      at: (c, r) => {
        const [fromRow, fromColumn] = [row, column].map((side, i) => {
          const n = i === 0 ? r : c;
          return side === 'right' ? quarters.width - 1 - n : side === 'bottom' ? quarters.height - 1 - n : n;
        }) as [number, number];
        return swapped ? quarters.at(fromRow, fromColumn) : quarters.at(fromColumn, fromRow);
      }
    };
    for (const littleEndian of [true, false]) {
      const picture = decodePicture(withOrientation(await jpeg(stored), orientation, littleEndian));
      expect([picture.width, picture.height]).toEqual([24, 16]);
      for (const [x, y] of [[4, 3], [20, 3], [20, 12], [4, 12]] as const) {
        const difference = colourAt(picture, x, y).map((value, i) => Math.abs(value - quarters.at(x, y)[i]!));
        expect(Math.max(...difference), `at ${x}, ${y}`).toBeLessThan(8);
      }
    }
  });

  it('decodes a large JPEG smaller when it will be shrunk anyway, never below twice the size', async () => {
    const bytes = await jpeg(plain(800, 640, 10, 120, 240));
    const size = (atLeast?: number) => {
      const { width, height } = decodePicture(bytes, atLeast);
      return [width, height];
    };
    expect(size()).toEqual([800, 640]);
    expect(size(96)).toEqual([400, 320]);
    expect(size(80)).toEqual([200, 160]);
    expect(size(32)).toEqual([100, 80]);
    expect(size(400)).toEqual([800, 640]);
  });

  it('refuses what is no picture, or only the beginning of one, with a reason', async () => {
    const whole = await jpeg(quarters);
    expect(() => decodePicture(Buffer.from('hello'))).toThrow(/no JPEG, PNG, GIF, BMP, WebP or AVIF/);
    expect(() => decodePicture(new Uint8Array(0))).toThrow(/no JPEG, PNG, GIF, BMP, WebP or AVIF/);
    expect(() => decodePicture(whole.subarray(0, whole.length - 40))).toThrow(/damaged or cut off/);
    const huge = Buffer.from(await png(quarters));
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    expect(() => decodePicture(huge)).toThrow(/100000 x 100000 pixels, more than can be read/);
  });
});

describe('readPictureHeader', () => {
  it('reads kind and size of each kind', async () => {
    expect(readPictureHeader(await png(quarters))).toEqual({ kind: 'png', width: 24, height: 16, orientation: 1 });
    expect(readPictureHeader(await jpeg(quarters))).toEqual({ kind: 'jpeg', width: 24, height: 16, orientation: 1 });
    expect(readPictureHeader(bmp(quarters))).toEqual({ kind: 'bmp', width: 24, height: 16, orientation: 1 });
    expect(readPictureHeader(GIF)).toEqual({ kind: 'gif', width: 1, height: 1, orientation: 1 });
    expect(readPictureHeader(withOrientation(await jpeg(quarters), 6, true))?.orientation).toBe(6);
    expect(readPictureHeader(withOrientation(await jpeg(quarters), 0, true))?.orientation).toBe(1);
    for (const kind of ['progressive.jpg', 'lossy.webp', 'lossless.webp', 'alpha.webp', 'animated.webp', 'colour.avif']) {
      expect(readPictureHeader(fixture(kind)), kind).toMatchObject({ kind: kind.split('.')[1]!.replace('jpg', 'jpeg'), width: 24, height: 16, orientation: 1 });
    }
    for (const name of Object.keys(pictures).filter((name) => name.startsWith('turned'))) {
      const orientation = Number(/\d/.exec(name)?.[0]);
      expect(readPictureHeader(fixture(name)), name).toMatchObject({ width: 24, height: 16, orientation });
    }
  });

  it('knows nothing of files that stop before they say it, and of other kinds in the same boxes', () => {
    const avif = fixture('turned-6.avif');
    expect(readPictureHeader(avif.subarray(0, 200))).toBeNull();
    expect(readPictureHeader(fixture('turned-6.webp').subarray(0, 60))).toBeNull();
    const heic = Buffer.from(avif.toString('latin1').replaceAll('avif', 'heic'), 'latin1');
    expect(readPictureHeader(heic)).toBeNull();
  });
});

describe('resizePicture', () => {
  const source: Picture = {
    width: 10,
    height: 7,
    pixels: Uint8Array.from({ length: 210 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % 10, Math.floor(i / 30), i % 3];
      return (x * 53 + y * 31 + c * 97 + x * y * 7) % 256;
    })
  };

  it.each(recorded.cases)('to $height x $width is TensorFlow\'s, to rounding', ({ height, width, values }) => {
    const resized = resizePicture(source, height, width);
    expect([resized.height, resized.width]).toEqual([height, width]);
    const largest = values.reduce((max, value, i) => Math.max(max, Math.abs(value - resized.pixels[i]!)), 0);
    expect(resized.pixels).toHaveLength(values.length);
    expect(largest).toBeLessThanOrEqual(0.51);
  });

  it('leaves a picture of that size alone', () => {
    expect(resizePicture(source, 7, 10)).toBe(source);
  });
});

describe.skipIf(!existsSync(PHOTOS))('real photographs', () => {
  it('come out nearly the same whether decoded whole or at a fraction', () => {
    const folder = join(PHOTOS, 'Hemlock');
    const name = readdirSync(folder)[0]!;
    const bytes = readFileSync(join(folder, name));
    const whole = resizePicture(decodePicture(bytes), 96, 96);
    const fast = readPicture(bytes, 96, 96);
    const mean = whole.pixels.reduce((sum, value, i) => sum + Math.abs(value - fast.pixels[i]!), 0) / whole.pixels.length;
    expect(mean).toBeLessThan(3);
    expect(fast.pixels).not.toEqual(new Uint8Array(96 * 96 * 3));
  });
});
