import { expect, it } from 'vitest';
import { WantedHosts } from '../../src/filter/hosts.ts';
import * as records from '../fixtures/records.ts';

const headerOf = (name: string) => {
  const header = records.header();
  return { ...header, host: { ...header.host, name } };
};

it('knows which of the hosts that were asked for there were, and which there are', () => {
  const hosts = new WantedHosts(['web-*', 'db']);
  expect(hosts.absent()).toEqual(['web-*', 'db']);
  hosts.learn(headerOf('web-1'));
  hosts.learn(headerOf('web-2'));
  hosts.learn(records.exec());
  expect(hosts.absent()).toEqual(['db']);
  expect(hosts.names).toEqual(['web-1', 'web-2']);
  expect(new WantedHosts([]).absent()).toEqual([]);
});
