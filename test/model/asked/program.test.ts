import { describe, expect, it } from 'vitest';
import { readText, type Text } from '../../../src/kernel/text.ts';
import { endsWithProgram, isSameProgram, type Program } from '../../../src/model/asked/program.ts';

const bytes = (value: number): Text => readText(Buffer.of(value), 0, 1);
const program = (exe: Text, ...args: Text[]): Program => ({ exe, args });

describe('a program that somebody asked for', () => {
  it.each<[wanted: Text[], ran: Program, same: boolean]>([
    [['sh', '-c', 'x'], program('/bin/sh', 'sh', '-c', 'x'), true],
    [['sh', '-c', 'x'], program('/bin/sh', 'sh', '-c', 'y'), false],
    [['sh', '-c'], program('/bin/sh', 'sh', '-c', 'x'), false],
    [['-c', 'x'], program('/bin/sh', 'sh', '-c', 'x'), false],
    [['sh', '-c', 'x'], program('/bin/sh', 'sh', '-c'), false],
    [[], program('/bin/sh'), false],
    [[], program('/bin/sh', 'sh'), false],
    // A script: its interpreter, maybe with one argument, and its path.
    [['backup', '-v'], program('/usr/bin/backup', '/bin/sh', '/usr/bin/backup', '-v'), true],
    [['./backup', '-v'], program('/usr/bin/backup', '/bin/sh', '-e', '/usr/bin/backup', '-v'), true],
    [['backup', '-v'], program('/usr/bin/backup', '/bin/sh', '-e', '-u', '/usr/bin/backup', '-v'), false],
    [['backup', '-v'], program('/usr/bin/backup', '/bin/sh', '/usr/bin/backup', '-q'), false],
    [['backup', '-v'], program('/usr/bin/restore', '/bin/sh', '/usr/bin/backup', '-v'), false],
    [['restore', '-v'], program('/usr/bin/backup', '/bin/sh', '/usr/bin/backup', '-v'), false],
    [['backup', '-v'], program('/usr/bin/backup', '/bin/sh', '/usr/bin/other', '-v'), false],
    [['backup', '-v'], program('/usr/bin/backup', '/usr/bin/backup', '-v'), false],
    [['backup'], program('/usr/bin/backup', '/bin/sh', '/usr/bin/backup'), true],
    [[bytes(0xff)], program('/bin/x', bytes(0xff)), true],
    [[bytes(0xff)], program('/bin/x', bytes(0xfe)), false],
    [[bytes(0xff)], program('/bin/x', '\ufffd'), false],
    [['\ufffd'], program('/bin/x', bytes(0xff)), false],
  ])('as %j is %j: %s', (wanted, ran, same) => {
    expect(isSameProgram(wanted, ran)).toBe(same);
  });

  it.each<[wanted: Text[], ran: Program, same: boolean]>([
    [['-c', 'x'], program('/bin/sh', 'sh', '-c', 'x'), true],
    [[], program('/bin/sh', 'sh'), true],
    [['x', 'sh', '-c'], program('/bin/sh', 'sh', '-c'), false],
    [['sh', 'sh', '-c'], program('/bin/sh', 'sh', '-c'), false],
    [['-c', 'y'], program('/bin/sh', 'sh', '-c', 'x'), false],
    [['backup', '-v'], program('/b/backup', '/bin/env', 'a', 'b', 'c', '/b/backup', '-v'), true],
  ])('behind an entry point as %j is %j: %s', (wanted, ran, same) => {
    expect(endsWithProgram(wanted, ran)).toBe(same);
  });
});
