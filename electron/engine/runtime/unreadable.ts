/** The one error of a picture that cannot be read. */
import { TsugikiError } from '../../contract';

/** @param reason what is the matter and what to do, without a full stop */
export const unreadable = (reason: string): TsugikiError => new TsugikiError('picture_unreadable', `The picture cannot be read: ${reason}.`, { reason });
