import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { execa } from 'execa';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** A token as NATS has it (docs.nats.io, "JWT"): signed with ed25519 by the one above. */
const token = (issuer: KeyPair, subject: KeyPair, name: string, nats: object): string => {
  const claims = { iat: 0, iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name, nats };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('base64url');
  const head = base64url('{"typ":"JWT","alg":"ed25519-nkey"}');
  const text = `${head}.${base64url(JSON.stringify({ jti, ...claims }))}`;
  return `${text}.${base64url(issuer.sign(Buffer.from(text)))}`;
};

const seedOf = (pair: KeyPair): string => Buffer.from(pair.getSeed()).toString();

/** A seed and the configuration of a server that takes it. */
export const withNkey = (folder: string): { config: string; file: string } => {
  const user = nkeys.createUser();
  const file = join(folder, 'user.nk');
  writeFileSync(file, `${seedOf(user)}\n`, { mode: 0o600 });
  return { file, config: `authorization { users: [{ nkey: ${user.getPublicKey()} }] }` };
};

/** A .creds file and the configuration of a server whose operator signed the account of its user. */
export const withCreds = (folder: string): { config: string; file: string } => {
  const [operator, system, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const unlimited = { subs: -1, data: -1, payload: -1, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const operatorToken = token(operator, operator, 'O', {
    ...{ type: 'operator', version: 2, system_account: system.getPublicKey() },
  });
  const accountToken = (of: KeyPair, name: string, limits: object): string =>
    token(operator, of, name, { type: 'account', version: 2, limits: { ...unlimited, ...limits } });
  const userToken = token(account, user, 'agent', { type: 'user', version: 2, subs: -1, data: -1, payload: -1 });
  const file = join(folder, 'user.creds');
  writeFileSync(
    file,
    `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n` +
      `-----BEGIN USER NKEY SEED-----\n${seedOf(user)}\n------END USER NKEY SEED------\n`,
    { mode: 0o600 },
  );
  return {
    file,
    config: `operator: ${operatorToken}
resolver: MEMORY
system_account: ${system.getPublicKey()}
resolver_preload: {
  ${system.getPublicKey()}: ${accountToken(system, 'SYS', {})}
  ${account.getPublicKey()}: ${accountToken(account, 'A', storage)}
}`,
  };
};

/** An authority, a server's certificate for 127.0.0.1 and a host's, and the configuration of a server that asks for one. */
export const withTls = async (folder: string) => {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca', '-days', '2');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  for (const name of ['server', 'host']) {
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'],
      ...['-extfile', 'names', '-out', `${name}.pem`],
    );
  }
  const [ca, cert, certKey] = ['ca.pem', 'host.pem', 'host.key'].map((name) => join(folder, name));
  return {
    options: ['--tls-ca', ca!, '--tls-cert', cert!, '--tls-key', certKey!],
    config: `tls { cert_file: "${folder}/server.pem", key_file: "${folder}/server.key", ca_file: "${folder}/ca.pem", verify: true }`,
  };
};
