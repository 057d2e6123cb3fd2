import { setFlagsFromString } from 'node:v8';

/**
 * Events live for a tenth of a second, until their order is known. V8 takes such objects for long-lived ones and makes the next ones in
 * its old space, which costs half of the speed of the stream: it is set not to guess. Imported before all else.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
