/** Batches of CIFAR as they are published, small. */

/** Pictures whose bytes tell where they belong: red 10 + position, green 100 + position, blue 200, for the first pixel; 0 elsewhere but the last. */
export const rows = (labels: readonly (number | readonly number[])[], last = 7): Buffer =>
  Buffer.concat(
    labels.map((label, i) => {
      const head = Buffer.from([label].flat());
      const planes = Buffer.alloc(3072);
      planes[0] = 10 + i;
      planes[1024] = 100 + i;
      planes[2048] = 200;
      planes[3071] = last;
      return Buffer.concat([head, planes]);
    })
  );

/** The planes of `rows` without the labels. */
export function planesOf(binary: Buffer, labelBytes = 1): Buffer {
  const row = labelBytes + 3072;
  return Buffer.concat(Array.from({ length: binary.length / row }, (_, i) => binary.subarray(i * row + labelBytes, (i + 1) * row)));
}

const ascii = (value: string) => Buffer.from(value, 'latin1');
const text = (value: string) => Buffer.concat([Buffer.from([0x55, value.length]), ascii(value)]);
const number = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};

/** As Python 2 and numpy wrote the published batches, operation for operation. */
export function python2Batch(labels: readonly number[], data: Buffer, key = 'labels'): Buffer {
  return Buffer.concat([
    ascii('\x80\x02}q\x01('), text('batch_label'), ascii('q\x02'), text('training batch 1 of 5'), ascii('q\x03'),
    text(key), ascii('q\x04]q\x05('), ...labels.map((label) => Buffer.from([0x4b, label])), ascii('e'),
    text('data'), ascii('q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85'), text('b'), ascii('\x87Rq\x09(K\x01M'),
    number(labels.length, 2), ascii('M\x00\x0c\x86cnumpy\ndtype\nq\x0a'), text('u1'), ascii('K\x00K\x01\x87Rq\x0b(K\x03'), text('|'),
    ascii('NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T'), number(data.length, 4), data, ascii('tb'),
    text('filenames'), ascii('q\x0c]q\x0d('), ...labels.map((_, i) => text(`picture_${i}.png`)), ascii('eu.')
  ]);
}

/** A dictionary of one list of texts, as Python 2 wrote CIFAR-100's "meta". */
export const python2Names = (key: string, names: readonly string[]): Buffer =>
  Buffer.concat([ascii('\x80\x02}q\x01'), text(key), ascii('q\x02]q\x03('), ...names.map(text), ascii('es.')]);
