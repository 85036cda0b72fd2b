/** `serve`: a model behind HTTP on this machine, until Ctrl-C. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { TsugikiError } from '../../contract';
import { Classifier } from '../../engine/jobs/classify';
import { openModel } from '../open-model';
import { LIMITS } from '../serve/limits';
import { makeServer } from '../serve/server';
import { type Invocation, required, UsageError } from '../usage';
import type { Console, ExitCode } from './command';

const LOOPBACK = '127.0.0.1';
const PORT = 8500;

export async function serveCommand({ options }: Invocation<'serve'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const directory = required('serve', 'model', options.model);
  const host = options.host ?? LOOPBACK;
  const port = whole('--port', options.port ?? String(PORT), 0, 65535);
  const limits = { ...LIMITS, bytes: whole('--max-megabytes', options['max-megabytes'] ?? String(LIMITS.bytes / 2 ** 20), 1, 1024) * 2 ** 20, seconds: whole('--timeout', options.timeout ?? String(LIMITS.seconds), 1, 3600) };
  const loopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  const classifier = new Classifier(await openModel(directory, terminal, options.scale));
  const server = makeServer({ classifier, limits, loopback });
  try {
    server.listen(port, host);
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new TsugikiError('not_listening', `The server cannot listen on ${host}, port ${port}: ${error.code === 'EADDRINUSE' ? 'something else does already. Choose another --port' : error.message}.`);
    });
    const at = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
    print(`${at}/classify takes pictures: curl --data-binary @picture.jpg ${at}/classify\n${at}/openapi.json describes it, ${at}/health says whether it answers.`);
    if (!loopback) terminal.line('Whoever reaches this address can use the model: there is no password.');
    if (!context.signal.aborted) await once(context.signal, 'abort');
    // What was asked is answered; who only keeps a line open is not waited for.
    server.close();
    server.closeIdleConnections();
    await once(server, 'close');
    return 0;
  } finally {
    server.closeAllConnections();
    classifier.dispose();
  }
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}; it is "${text}".`, { option });
}
