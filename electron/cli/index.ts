/** Entry of the command line: `node out/cli/index.cjs COMMAND`. */
import { main } from './main';

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
