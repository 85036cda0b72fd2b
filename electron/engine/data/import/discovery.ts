/** What lies at a path, before any picture is looked into. */
import type { DataSource, ImportReport, Part } from '../../../contract';

export interface FoundPicture {
  /** Path below the discovery's folder, with forward slashes. */
  readonly file: string;
  /** Null for a loose picture: whoever imports asks. */
  readonly className: string | null;
  readonly part: Part | null;
}

export type Skipped = ImportReport['skipped'];

/** Pictures that are files below a folder; `owned` where the folder was unpacked for whoever imports and is theirs. */
export interface FoundFiles {
  readonly kind: 'files';
  readonly name: string;
  readonly folder: string;
  readonly owned: boolean;
  readonly pictures: FoundPicture[];
  readonly skipped: Skipped;
}

/** A set that is one file or a few and opened by `openPacked`. */
export interface FoundPacked {
  readonly kind: 'packed';
  readonly source: DataSource;
}

export interface FoundProject {
  readonly kind: 'project';
  readonly directory: string;
}

export type Discovery = FoundFiles | FoundPacked | FoundProject;
