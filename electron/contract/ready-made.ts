/** Data sets that are a click and a download away, and what to know before the click. */

export interface ReadyMade {
  /** Also the source's kind. */
  readonly id: 'cifar10' | 'cifar100';
  readonly name: string;
  readonly url: string;
  readonly host: string;
  /** Name of the file, which may also be chosen by hand. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly pictures: number;
  readonly classes: number;
  /** Where it comes from and what one may do with it; in the window, message `licence_<id>`. */
  readonly licence: string;
  readonly citation: string;
}

export type ReadyMadeId = ReadyMade['id'];

const CITATION = 'Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, technical report, University of Toronto, 2009. https://www.cs.toronto.edu/~kriz/cifar.html';
const licence = (name: string): string =>
  `${name} is published by the University of Toronto for research, without a licence of its own; its pictures were collected from the web. Whoever publishes something made with it cites the report.`;

/** Sizes and checksums of the files as they have been since 2009; the page itself gives the MD5. */
export const READY_MADE: Record<ReadyMadeId, ReadyMade> = {
  cifar10: {
    id: 'cifar10',
    name: 'CIFAR-10',
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    host: 'www.cs.toronto.edu',
    file: 'cifar-10-binary.tar.gz',
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
    pictures: 60_000,
    classes: 10,
    licence: licence('CIFAR-10'),
    citation: CITATION
  },
  cifar100: {
    id: 'cifar100',
    name: 'CIFAR-100',
    url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
    host: 'www.cs.toronto.edu',
    file: 'cifar-100-binary.tar.gz',
    bytes: 168_513_733,
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
    pictures: 60_000,
    classes: 100,
    licence: licence('CIFAR-100'),
    citation: CITATION
  }
};
