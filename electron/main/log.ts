/** The log file, userData/logs/main.log, for a person to send along with a question. Holds no picture and no file content. */
import log from 'electron-log/node';
import { userFile } from './paths';

export function startLog(): void {
  log.transports.file.resolvePathFn = () => userFile('logs', 'main.log');
  log.transports.file.maxSize = 2 * 1024 * 1024;
  log.transports.console.level = process.env['TSUGIKI_LOG'] ? 'debug' : 'warn';
  log.errorHandler.startCatching({ showDialog: false });
}

export { log };
