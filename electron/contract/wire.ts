/** The two channels everything goes over, and nothing else: the preload bundles this file alone, no schemas. */

/** Window to main: `invoke(CALL_CHANNEL, name, input)`, answered with an Envelope. */
export const CALL_CHANNEL = 'tsugiki:call';
/** Main to window: `send(EVENT_CHANNEL, name, payload)`. */
export const EVENT_CHANNEL = 'tsugiki:event';
