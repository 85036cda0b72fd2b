/** The only user of raw ipcMain. Every call: sender checked, payload validated, answer wrapped. */
import { type IpcMainInvokeEvent, type WebContents, ipcMain } from 'electron';
import * as v from 'valibot';
import { type CallName, type CallPayload, type CallResults, CALLS, type Envelope, type EventName, type Events, TsugikiError, toErrorShape } from '../contract';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../contract/wire';
import { isOwn } from './app-protocol';
import { log } from './log';

export type Handlers = { [K in CallName]: (payload: CallPayload<K>) => Promise<CallResults[K]> | CallResults[K] };

const isCall = (name: unknown): name is CallName => typeof name === 'string' && Object.prototype.hasOwnProperty.call(CALLS, name);

/** A sender is trusted when it is the top frame of our window and shows our own page. */
const isTrusted = (event: IpcMainInvokeEvent, contents: WebContents | null): boolean =>
  contents !== null && event.sender === contents && event.senderFrame?.parent === null && isOwn(event.senderFrame.url);

/** "phases.0.epochs: epochs must be at least 0." */
const complaint = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue);
  return path ? `${path}: ${issue.message}` : issue.message;
};

function payloadOf(name: CallName, input: unknown): unknown {
  const parsed = v.safeParse(CALLS[name] as v.GenericSchema, input);
  if (parsed.success) return parsed.output;
  throw new TsugikiError('bad_payload', `"${name}" was asked for with something it cannot take: ${complaint(parsed.issues[0])}`, { call: name });
}

async function answer(handlers: Handlers, name: unknown, input: unknown): Promise<unknown> {
  if (!isCall(name)) throw new TsugikiError('unknown_call', `There is no call named "${String(name)}".`, { call: String(name) });
  const handler = handlers[name] as (payload: unknown) => unknown;
  return handler(payloadOf(name, input));
}

/** Answers the window's calls from now on. `contents` gives the trusted window, null while there is none. */
export function serveCalls(handlers: Handlers, contents: () => WebContents | null): void {
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, input: unknown): Promise<Envelope<unknown>> => {
    try {
      if (!isTrusted(event, contents())) throw new TsugikiError('untrusted_sender', 'This page may not ask for anything.');
      return { ok: true, value: await answer(handlers, name, input) };
    } catch (error) {
      const shape = toErrorShape(error);
      if (shape.code !== 'stopped') log.warn(`${String(name)}: ${shape.message}`, shape.code === 'unexpected' ? error : '');
      return { ok: false, error: shape };
    }
  });
}

/** Tells the window something unasked. */
export function tell<K extends EventName>(contents: WebContents | null, name: K, payload: Events[K]): void {
  if (contents && !contents.isDestroyed()) contents.send(EVENT_CHANNEL, name, payload);
}
