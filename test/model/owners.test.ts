import { describe, expect, it } from 'vitest';
import { Container } from '../../src/model/container.ts';
import { Owners } from '../../src/model/owners.ts';

const named = (id: string): Container => new Container({ id, name: id, runtime: 'runc' }, 1);
const [web, db] = [named('web'), named('db')];

describe('the containers that a key leads to', () => {
  it('are each there once, in the order in which they came', () => {
    const owners = new Owners<number>();
    expect(owners.add(7, web)).toBe(true);
    expect(owners.add(7, db)).toBe(true);
    expect(owners.add(7, web)).toBe(false);
    expect(owners.get(7)).toEqual([web, db]);
    expect([owners.has(7), owners.has(8)]).toEqual([true, false]);
  });

  it('stay as they were for whoever holds them', () => {
    const owners = new Owners<number>();
    owners.add(7, web);
    const held = owners.get(7);
    owners.add(7, db);
    owners.drop(7, web);
    expect(held).toEqual([web]);
  });

  it('are dropped one by one, and with the last one the key', () => {
    const owners = new Owners<number>();
    owners.add(7, web);
    owners.add(7, db);
    owners.add(8, db);
    expect(owners.size).toBe(2);
    owners.drop(8, web);
    owners.drop(9, web);
    expect(owners.get(8)).toEqual([db]);
    owners.drop(7, web);
    expect(owners.get(7)).toEqual([db]);
    owners.dropAll(db);
    expect(owners.size).toBe(0);
    expect(owners.get(7)).toBeUndefined();
  });

  it('are deleted with their key', () => {
    const owners = new Owners<number>();
    owners.add(7, web);
    expect(owners.delete(7)).toBe(true);
    expect(owners.delete(7)).toBe(false);
    expect(owners.has(7)).toBe(false);
  });
});
