/** What the system, a parser or a decoder says when it refuses, in words of ours: theirs are English, and mean little to most people. */
import { because, type ErrorShape, ReasonError, TsugikiError, toErrorShape } from './errors';

const NO_ACCESS = because('no_access', 'this account may not write there');
const UNKNOWN_HOST = because('unknown_host', 'its address is not known: there may be no network');
const NO_CONNECTION = because('no_connection', 'the connection failed');

/** By Node's names for what the system says. */
const SYSTEM: Readonly<Record<string, ErrorShape>> = {
  ENOENT: because('not_there', 'it is not there'),
  ENOTDIR: because('file_in_path', 'part of the path is a file'),
  EISDIR: because('is_folder', 'it is a folder'),
  EEXIST: because('exists', 'there is a file of that name'),
  ENOTEMPTY: because('not_empty', 'there is something in it already'),
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  EROFS: because('read_only', 'the disk is read-only'),
  ENOSPC: because('disk_full', 'the disk is full'),
  EDQUOT: because('no_room', 'no more room is allowed there'),
  EBUSY: because('in_use', 'another program is using it'),
  ENAMETOOLONG: because('long_name', 'the name is too long for this disk'),
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  ECONNREFUSED: NO_CONNECTION,
  ECONNRESET: NO_CONNECTION,
  EHOSTUNREACH: NO_CONNECTION,
  ENETUNREACH: NO_CONNECTION,
  EPIPE: NO_CONNECTION,
  ETIMEDOUT: because('no_answer', 'there was no answer in time')
};

/** What the system says by this code. */
export const systemCause = (code: string): ErrorShape => SYSTEM[code] ?? because('system', `the system says ${code}`, { code });

/** Why something could not be read or written, whatever was thrown. In English it says so itself, with more than we could. */
export function causeOf(error: unknown): ErrorShape {
  if (error instanceof ReasonError) return error.reason;
  if (error instanceof TsugikiError) return toErrorShape(error);
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  const said = (typeof message === 'string' && message !== '' ? message : String(code ?? error)).replace(/\.$/, '');
  if (error instanceof SyntaxError) return notJson(said);
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? { ...systemCause(code), message: said } : because('malformed', said);
}

/** V8 says where, as "... in JSON at position 12", unless the text ends too early. */
function notJson(message: string): ErrorShape {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  return position === undefined ? because('no_json', message) : because('no_json_at', message, { position });
}
