/** Names in zips. Where they do not say how they are written, macOS writes UTF-8 and Windows the system's own code page. */
import { type ExtraField, getFileNameLowLevel } from 'yauzl';
import { TsugikiError } from '../../contract';

export interface ZipNamed {
  /** The general purpose bit flag. */
  readonly flags: number;
  readonly nameBytes: Buffer;
  readonly extraFields: ExtraField[];
}

/** With forward slashes. As the zip says where it says it (a flag, or Info-ZIP's own field); else as the bytes look. */
export function zipEntryName({ flags, nameBytes, extraFields }: ZipNamed): string {
  const isSaid = (flags & 0x800) !== 0 || extraFields.some(({ id }) => id === 0x7075);
  const guessed = isSaid ? null : guess(nameBytes);
  return guessed?.replace(/\\/g, '/') ?? getFileNameLowLevel(flags, nameBytes, extraFields, false);
}

/** UTF-8 where the bytes are valid as such, Shift_JIS where that reads as Japanese; null for code page 437, the format's own. */
function guess(bytes: Buffer): string | null {
  const japanese = decode('shift_jis', bytes);
  return decode('utf-8', bytes) ?? (japanese !== null && readsAsJapanese(japanese) ? japanese : null);
}

/** A Western name taken for Shift_JIS ("Größe") has single kanji or half-width kana between Latin letters; a Japanese one has not. */
const readsAsJapanese = (name: string): boolean =>
  /^[\x20-\x7e\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f]+$/.test(name) && (/[\u3041-\u9fff]{2}/.test(name) || !/[a-z][\u3041-\uff9f]|[\u3041-\uff9f][a-z]/i.test(name));

function decode(encoding: string, bytes: Buffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const archiveIsLocked = (path: string): TsugikiError =>
  new TsugikiError('archive_encrypted', `${path} is locked with a password. Unpack it and choose the folder.`, { path });
