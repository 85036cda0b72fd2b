/** What a server of one model takes, and no more. */
export interface Limits {
  /** Bytes of one request, all its pictures together. */
  readonly bytes: number;
  /** Pictures of one request. */
  readonly pictures: number;
  /** Requests that may wait for their turn; more are sent away until there is room. */
  readonly waiting: number;
  /** Seconds from a request's first byte to its answer. */
  readonly seconds: number;
}

export const LIMITS: Limits = { bytes: 32 * 2 ** 20, pictures: 64, waiting: 64, seconds: 30 };
