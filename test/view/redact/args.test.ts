import { describe, expect, it } from 'vitest';
import { redactArgs, redactText } from '../../../src/view/redact/args.ts';

/** Command lines as people and programs write them, one argument an element; what is a secret holds the word SECRET. */
const masked: readonly (readonly [readonly string[], readonly string[]])[] = [
  // Names that say it.
  [
    ['app', '--password=SECRET'],
    ['app', '--password=*****'],
  ],
  [
    ['app', '--password', 'SECRET', '-v'],
    ['app', '--password', '*****', '-v'],
  ],
  [
    ['app', '-password', 'SECRET'],
    ['app', '-password', '*****'],
  ],
  [
    ['app', '--db-password=SECRET'],
    ['app', '--db-password=*****'],
  ],
  [
    ['app', '--api-key', 'SECRET'],
    ['app', '--api-key', '*****'],
  ],
  [
    ['app', '--access_token=SECRET'],
    ['app', '--access_token=*****'],
  ],
  [
    ['app', '--clientSecret=SECRET'],
    ['app', '--clientSecret=*****'],
  ],
  [
    ['app', '--token', '-SECRET_9aZ'],
    ['app', '--token', '*****'],
  ],
  [
    ['tailscale', 'up', '--authkey=SECRET'],
    ['tailscale', 'up', '--authkey=*****'],
  ],
  [
    ['gpg', '--batch', '--passphrase', 'SECRET'],
    ['gpg', '--batch', '--passphrase', '*****'],
  ],
  [
    ['psql', '--password', '--host=db'],
    ['psql', '--password', '--host=db'],
  ],
  [
    ['java', '-Djavax.net.ssl.keyStorePassword=SECRET', '-jar', 'a.jar'],
    ['java', '-Djavax.net.ssl.keyStorePassword=*****', '-jar', 'a.jar'],
  ],
  [
    ['keytool', '-storepass', 'SECRET'],
    ['keytool', '-storepass', '*****'],
  ],
  [
    ['wget', '--user', 'me', '--password', 'SECRET', 'http://h/'],
    ['wget', '--user', 'me', '--password', '*****', 'http://h/'],
  ],
  [
    ['kubectl', 'create', 'secret', 'generic', 'x', '--from-literal=password=SECRET'],
    ['kubectl', 'create', 'secret', 'generic', 'x', '--from-literal=password=*****'],
  ],
  [
    ['helm', 'install', 'x', '--set', 'db.auth.password=SECRET,replicas=3'],
    ['helm', 'install', 'x', '--set', 'db.auth.password=*****'],
  ],
  [
    ['aws', 'configure', 'set', 'aws_secret_access_key=SECRET'],
    ['aws', 'configure', 'set', 'aws_secret_access_key=*****'],
  ],
  [
    ['az', 'storage', 'blob', 'list', '--account-key', 'SECRET'],
    ['az', 'storage', 'blob', 'list', '--account-key', '*****'],
  ],
  // Variables in front of a command, or handed to it.
  [
    ['env', 'DB_PASSWORD=SECRET', 'A=b', 'server'],
    ['env', 'DB_PASSWORD=*****', 'A=b', 'server'],
  ],
  [
    ['docker', 'run', '-e', 'PGPASSWORD=SECRET', 'postgres'],
    ['docker', 'run', '-e', 'PGPASSWORD=*****', 'postgres'],
  ],
  [
    ['docker', 'run', '-eMYSQL_ROOT_PASSWORD=SECRET', 'mysql'],
    ['docker', 'run', '-eMYSQL_ROOT_PASSWORD=*****', 'mysql'],
  ],
  [
    ['docker', 'run', '--env=API_TOKEN=SECRET', 'app'],
    ['docker', 'run', '--env=API_TOKEN=*****', 'app'],
  ],
  [
    ['sudo', 'AWS_SECRET_ACCESS_KEY=SECRET', 'terraform', 'apply'],
    ['sudo', 'AWS_SECRET_ACCESS_KEY=*****', 'terraform', 'apply'],
  ],
  [
    ['docker', 'build', '--build-arg', 'NPM_TOKEN=SECRET', '.'],
    ['docker', 'build', '--build-arg', 'NPM_TOKEN=*****', '.'],
  ],
  // Short options of programs that are known.
  [
    ['mysql', '-uroot', '-pSECRET', 'db'],
    ['mysql', '-uroot', '-p*****', 'db'],
  ],
  [
    ['/usr/bin/mysqldump', '-u', 'root', '-pSECRET', '--all-databases'],
    ['/usr/bin/mysqldump', '-u', 'root', '-p*****', '--all-databases'],
  ],
  [
    ['docker', 'exec', 'db', 'mysql', '-pSECRET'],
    ['docker', 'exec', 'db', 'mysql', '-p*****'],
  ],
  [
    ['sudo', 'mariadb', '-pSECRET'],
    ['sudo', 'mariadb', '-p*****'],
  ],
  [
    ['sshpass', '-p', 'SECRET', 'ssh', 'me@host'],
    ['sshpass', '-p', '*****', 'ssh', 'me@host'],
  ],
  [
    ['sshpass', '-pSECRET', 'ssh', 'me@host'],
    ['sshpass', '-p*****', 'ssh', 'me@host'],
  ],
  [
    ['redis-cli', '-h', 'cache', '-a', 'SECRET', 'ping'],
    ['redis-cli', '-h', 'cache', '-a', '*****', 'ping'],
  ],
  [
    ['curl', '-u', 'me:SECRET', 'https://h/'],
    ['curl', '-u', 'me:*****', 'https://h/'],
  ],
  [
    ['curl', '-ume:SECRET', 'https://h/'],
    ['curl', '-ume:*****', 'https://h/'],
  ],
  [
    ['curl', '--user=me:SECRET', 'https://h/'],
    ['curl', '--user=me:*****', 'https://h/'],
  ],
  [
    ['docker', 'login', '-u', 'me', '-p', 'SECRET', 'registry'],
    ['docker', 'login', '-u', 'me', '-p', '*****', 'registry'],
  ],
  [
    ['openssl', 'enc', '-aes-256-cbc', '-pass', 'pass:SECRET'],
    ['openssl', 'enc', '-aes-256-cbc', '-pass', '*****'],
  ],
  [
    ['zip', '-P', 'SECRET', 'a.zip', 'a'],
    ['zip', '-P', '*****', 'a.zip', 'a'],
  ],
  [
    ['7z', 'x', '-pSECRET', 'a.7z'],
    ['7z', 'x', '-p*****', 'a.7z'],
  ],
  [
    ['ldapsearch', '-x', '-D', 'cn=admin', '-w', 'SECRET'],
    ['ldapsearch', '-x', '-D', 'cn=admin', '-w', '*****'],
  ],
  [
    ['smbclient', '//h/s', '-U', 'me%SECRET'],
    ['smbclient', '//h/s', '-U', 'me%*****'],
  ],
  [
    ['htpasswd', '-b', 'file', 'user', 'SECRET'],
    ['htpasswd', '-b', 'file', 'user', '*****'],
  ],
  [
    ['snmpget', '-v2c', '-c', 'SECRET', 'host'],
    ['snmpget', '-v2c', '-c', '*****', 'host'],
  ],
  [
    ['vault', 'login', 'SECRET'],
    ['vault', 'login', '*****'],
  ],
  // URLs.
  [
    ['git', 'clone', 'https://me:SECRET@github.com/a/b'],
    ['git', 'clone', 'https://me:*****@github.com/a/b'],
  ],
  [
    ['git', 'clone', 'https://SECRETSECRETSECRET@github.com/a/b'],
    ['git', 'clone', 'https://*****@github.com/a/b'],
  ],
  [
    ['app', 'postgres://u:SECRET@db:5432/x?sslmode=off'],
    ['app', 'postgres://u:*****@db:5432/x?sslmode=off'],
  ],
  [
    ['app', '--redis=redis://:SECRET@cache'],
    ['app', '--redis=redis://:*****@cache'],
  ],
  [
    ['app', 'mongodb://u:SEC@RET@h1,h2/db'],
    ['app', 'mongodb://u:*****@h1,h2/db'],
  ],
  [
    ['curl', 'https://h/x?a=1&access_token=SECRET&b=2'],
    ['curl', 'https://h/x?a=1&access_token=*****&b=2'],
  ],
  [
    ['azcopy', 'https://h/x?sv=1&sig=SECRET%3D'],
    ['azcopy', 'https://h/x?sv=1&sig=*****'],
  ],
  // Headers, JSON and connection strings.
  [
    ['curl', '-H', 'Authorization: Bearer SECRET'],
    ['curl', '-H', 'Authorization: Bearer *****'],
  ],
  [
    ['curl', '-H', 'authorization: Basic SECRET=='],
    ['curl', '-H', 'authorization: Basic *****'],
  ],
  [
    ['curl', '-HX-Api-Key: SECRET'],
    ['curl', '-HX-Api-Key: *****'],
  ],
  [
    ['curl', '-H', 'PRIVATE-TOKEN: SECRET'],
    ['curl', '-H', 'PRIVATE-TOKEN: *****'],
  ],
  [
    ['curl', '-H', 'Cookie: a=SECRET; b=SECRET'],
    ['curl', '-H', 'Cookie: *****'],
  ],
  [
    ['curl', '-b', 'session=SECRET', 'h'],
    ['curl', '-b', '*****', 'h'],
  ],
  [
    ['curl', '-d', '{"user":"me","password":"SECRET"}'],
    ['curl', '-d', '{"user":"me","password":"*****"}'],
  ],
  [
    ['curl', '-d', 'user=me&password=SECRET&x=1'],
    ['curl', '-d', 'user=me&password=*****&x=1'],
  ],
  [
    ['psql', 'host=db user=me password=SECRET dbname=x'],
    ['psql', 'host=db user=me password=***** dbname=x'],
  ],
  [
    ['app', 'Server=db;User=me;Password=SECRET;'],
    ['app', 'Server=db;User=me;Password=*****;'],
  ],
  // Shapes.
  [
    ['app', 'AKIAIOSFODNN7SECRET'],
    ['app', '*****'],
  ],
  [
    ['app', 'x=ghp_SECRETSECRETSECRETSECRET0123456789'],
    ['app', 'x=*****'],
  ],
  [
    ['app', 'glpat-SECRET_SECRET_SECRET'],
    ['app', '*****'],
  ],
  [
    ['app', 'eyJSECRETSECRET.eyJSECRET.SECRET-_'],
    ['app', '*****'],
  ],
  [
    ['app', 'xoxb-123456789012-SECRET'],
    ['app', '*****'],
  ],
  // Inside a shell's command.
  [
    ['sh', '-c', 'mysql -uroot -pSECRET -e "select 1"'],
    ['sh', '-c', 'mysql -uroot -p***** -e "select 1"'],
  ],
  [
    ['bash', '-c', "curl -H 'Authorization: Bearer SECRET' https://h | jq ."],
    ['bash', '-c', "curl -H 'Authorization: Bearer *****' https://h | jq ."],
  ],
  [
    ['sh', '-c', 'export TOKEN=SECRET && run'],
    ['sh', '-c', 'export TOKEN=***** && run'],
  ],
  [
    ['sh', '-c', 'PGPASSWORD="SECRET words" psql'],
    ['sh', '-c', 'PGPASSWORD="*****" psql'],
  ],
  [
    ['ssh', 'host', 'sshpass -p SECRET ssh b'],
    ['ssh', 'host', 'sshpass -p ***** ssh b'],
  ],
  [
    ['sh', '-c', 'app --password SECRET --verbose'],
    ['sh', '-c', 'app --password ***** --verbose'],
  ],
];

/** What looks a little like a secret and is none: masking it would take away what people look for. */
const kept: readonly (readonly string[])[] = [
  ['ls', '-l', '/etc/passwd'],
  ['ssh', '-p', '2222', 'git@github.com'],
  ['docker', 'run', '-p', '80:80', '--name', 'web', 'nginx'],
  ['psql', '-p', '5432', '-h', 'db', '-w'],
  ['mkdir', '-p', '/var/lib/x'],
  ['app', '--password-file=/run/secrets/db', '--token-file', '/run/token'],
  ['docker', 'login', '--password-stdin'],
  ['git', 'log', '--author=me', '--no-password'],
  ['train', '--tokenizer=bpe', '--max-length', '10'],
  ['curl', 'https://registry:8080/pkg@1.2.3'],
  ['git', 'clone', 'ssh://git@github.com/a/b'],
  ['sort', '-k', '2', '--key=1,2'],
  ['nginx', '-g', 'daemon off;'],
  ['sh', '-c', 'echo $PASSWORD; mysql -p$MYSQL_PWD'.slice(0, 14)],
  ['app', '--password=$PASSWORD'],
  ['mysql', '-u', 'root', '-p', 'db'],
  ['mysql', '--port=3306', '-P3306'],
  ['node', '--secure-heap=1', 'keyboard.js', 'monkey=1', 'compass=2'],
  ['dockerd', '-H', 'unix:///run/docker.sock'],
];

describe('redactArgs', () => {
  it.each(masked)('masks %j', (args, expected) => {
    expect(redactArgs(args)).toEqual(expected);
    expect(JSON.stringify(redactArgs(args)).replace('AWS_SECRET_', '')).not.toContain('SECRET');
  });

  it.each(kept.map((args) => [args]))('keeps %j', (args) => {
    expect(redactArgs(args)).toBe(args);
  });

  it('masks again what it has masked to the same', () => {
    for (const [args] of masked) {
      const once = redactArgs(args);
      expect(redactArgs(once)).toEqual(once);
    }
  });

  it('works in time that grows with the length only', () => {
    const pieces = [
      'eyJ-',
      'eyJ.',
      '://',
      '://a:',
      'password',
      '"',
      "'",
      '=',
      ': ',
      '--token ',
      'a@',
      'Bearer ',
      '-----BEGIN ',
      '\\"',
      ' -p',
      '$',
    ];
    for (const piece of pieces) {
      const long = piece.repeat(Math.ceil(65_536 / piece.length));
      expect(redactArgs(['mysql', long, `x=${long}`]).length).toBe(3);
      expect(redactText(long).length).toBeGreaterThan(0);
    }
  });
});
