/** The one error of a picture that cannot be read. */
import { because, type ErrorShape, TsugikiError } from '../../contract';

/** @param reason what is the matter and what to do, without a full stop */
export const unreadable = (reason: ErrorShape): TsugikiError => new TsugikiError('picture_unreadable', `The picture cannot be read: ${reason.message}.`, { reason });

export const NO_PICTURE = because('no_picture', 'it is no JPEG, PNG, GIF, BMP, WebP or AVIF picture, or stops at once. Save it as one of these');
