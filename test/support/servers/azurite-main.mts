// The emulator's own program. Azurite 3.35 documents `--blobKeepAliveTimeout` and reads `keepAliveTimeout`,
// which it does not offer: offered here, or every connection that idles for 5 s is cut, often in the moment
// in which the next request comes.
import { createRequire } from 'node:module';

interface OptionTable {
  option(names: readonly [string, string], about: string, unless?: number): OptionTable;
}

const ofAzurite = createRequire(createRequire(import.meta.url).resolve('azurite/package.json'));
const options = ofAzurite('args') as OptionTable;
options.option(['', 'keepAliveTimeout'], 'seconds that a connection may idle', 5);
ofAzurite('./dist/src/blob/main.js');
