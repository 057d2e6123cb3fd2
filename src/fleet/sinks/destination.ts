import { usageError } from '../../errors.ts';
import { type FleetAccess, natsAccess, refusePassword } from '../access.ts';
import { otlpSettings } from './otlp-settings.ts';
import type { Sink } from './sink.ts';

export interface DestinationOptions extends FleetAccess {
  readonly cluster: string;
  readonly host: string;
  /** See `sinkNames`. */
  readonly name: string;
}

const advice = '--to takes nats://HOST:4222, tls://HOST:4222, otlp+http://HOST:4318, otlp+https://…, otlp, or stdout';

/**
 * A sink for what --to says. Each is loaded when it is used.
 *
 * @throws NstraceError (2) where it is none
 */
export const makeSink = async (to: string, options: DestinationOptions): Promise<Sink> => {
  refusePassword(to);
  if (to === 'stdout') {
    return new (await import('./stdout.ts')).StdoutSink();
  }
  if (/^(nats|tls):\/\//.test(to)) {
    const { NatsSink } = await import('./nats.ts');
    const { name, cluster, host } = options;
    return new NatsSink({ name, access: natsAccess(to, options), cluster, host });
  }
  if (to === 'otlp' || to.startsWith('otlp+')) {
    const { OtlpSink } = await import('./otlp.ts');
    return new OtlpSink(options.name, otlpSettings(to, process.env, options), options.cluster);
  }
  throw usageError(`${JSON.stringify(to)} is no place to ship to`, advice);
};

/**
 * What the sinks of an agent are called, in the order of --to: by their kind, and where there are several of a kind also by
 * where they are. The names of cursor files come from that, so they do not depend on the order.
 *
 * @throws NstraceError (2) where two are the same
 */
export const sinkNames = (places: readonly string[]): string[] => {
  const kinds = places.map((to) => (/^(?:nats|tls):/.test(to) ? 'nats' : (to.split(/[+:]/)[0] ?? '')));
  const names = places.map((to, index) => {
    const kind = kinds[index]!;
    const isAlone = kinds.filter((other) => other === kind).length === 1;
    return isAlone ? kind : `${kind}-${to.replace(/^[a-z+]*:\/\//, '').replaceAll(/[^A-Za-z0-9.-]+/g, '_')}`;
  });
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw usageError(`--to ${twice} is given twice`, 'several servers of one NATS cluster are nats://A:4222,B:4222');
  }
  return names;
};
