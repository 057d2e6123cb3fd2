import type { Command } from 'commander';

/** How to come to NATS: also of what reads from a fleet. */
export const addAccessOptions = (command: Command): Command =>
  command
    .option('--creds <file>', 'credentials of NATS: a .creds file')
    .option('--nkey <file>', 'credentials of NATS: the file of an nkey’s seed')
    .option('--tls-ca <file>', 'CA certificate of the server')
    .option('--tls-cert <file>', 'client certificate of this host')
    .option('--tls-key <file>', 'private key of that certificate');
