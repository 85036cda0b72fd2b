/** What systems say when the fault is the place's, not one file's. */
import { type ErrorShape, systemCause } from '../../contract';

const PLACE_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM']);

/** @param also codes that mean the place here @returns null where the fault is another's */
export function placeError(error: unknown, ...also: readonly string[]): ErrorShape | null {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return PLACE_ERRORS.has(code) || also.includes(code) ? systemCause(code) : null;
}
