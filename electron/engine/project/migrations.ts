/** Versions of a project's folder, and how an older one becomes this one. */

export const VERSION = 1;

/** What a line of a project's files is. */
export type LineKind = 'header' | 'picture' | 'entry';

/** A line of one version as the next has it. A line that is new already stays: a folder may have been left half migrated. */
export type Migration = (line: unknown, kind: LineKind) => unknown;

/** By the version that they begin with. */
export const MIGRATIONS: Readonly<Record<number, Migration>> = {};
