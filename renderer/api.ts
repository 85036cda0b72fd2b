/** The only place that touches the bridge. Calls answer with the value or throw a CallError that can be shown as a sentence. */
import type { Bridge, CallInput, CallName, CallResults, ErrorShape, EventName, Events } from '../electron/contract';

declare global {
  interface Window {
    readonly tsugiki?: Bridge;
  }
}

/** What a failed call throws; `shape` crosses from main unharmed. */
export class CallError extends Error {
  override readonly name = 'CallError';
  constructor(readonly shape: ErrorShape) {
    super(shape.message);
  }
}

function bridge(): Bridge {
  if (!window.tsugiki) {
    throw new CallError({ code: 'no_bridge', message: 'This page only works inside the Tsugiki application.', params: {} });
  }
  return window.tsugiki;
}

/** Asks main; throws CallError when it refuses. */
export async function call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallResults[K]> {
  const envelope = await bridge().call(name, input);
  if (!envelope.ok) throw new CallError(envelope.error);
  return envelope.value;
}

/** Listens to main; returns the function that stops listening. */
export const on = <K extends EventName>(name: K, listener: (payload: Events[K]) => void): (() => void) => bridge().on(name, listener);

/** Path on disk of a dropped or chosen file or folder; "" when it has none. */
export const pathOf = (file: File): string => bridge().pathOf(file);
