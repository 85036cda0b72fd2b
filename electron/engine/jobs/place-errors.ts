/** What systems say when the fault is the place's, not one file's; in words, for the middle of a sentence. */
export const PLACE_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full', EDQUOT: 'no more room is allowed there', EROFS: 'the disk is read-only', EACCES: 'this account may not write there', EPERM: 'this account may not write there'
};
