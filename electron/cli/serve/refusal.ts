/** A request that is not answered as asked: the HTTP status, and a sentence that says what to do. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}
