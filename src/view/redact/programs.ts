/** Programs whose short options, or places, hold secrets. What has a name that says so is found for every program. */
export interface ProgramRule {
  /** The rest of the argument is a secret: `mysql -pSECRET`. */
  readonly glued?: readonly string[];
  /** The next argument is a secret: `sshpass -p SECRET`. */
  readonly next?: readonly string[];
  /** The next argument, or the rest, is `user:secret`; the separator says where the secret begins. */
  readonly pair?: { readonly flags: readonly string[]; readonly separator: string };
  /** Only after this word: `docker login -p SECRET`, but `docker run -p 80:80`. */
  readonly after?: string;
  /** Places of arguments without a dash that are secrets, counted after the program (or after `after`). */
  readonly places?: readonly number[];
}

const mysql: ProgramRule = { glued: ['-p'] };
const login: ProgramRule = { after: 'login', next: ['-p'], glued: ['-p'] };
const ldap: ProgramRule = { next: ['-w'], glued: ['-w'] };
const pack: ProgramRule = { glued: ['-p'] };
const zip: ProgramRule = { next: ['-P'], glued: ['-P'] };
const mongo: ProgramRule = { next: ['-p'], glued: ['-p'] };
const snmp: ProgramRule = { next: ['-A', '-X', '-c'], glued: ['-A', '-X', '-c'] };
const account: ProgramRule = { next: ['-p'], glued: ['-p'] };
const curl: ProgramRule = {
  next: ['-b', '--cookie', '--oauth2-bearer'],
  pair: { flags: ['-u', '-U', '--user', '--proxy-user'], separator: ':' },
};

export const programs: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ...[
    'mysql',
    'mysqldump',
    'mysqladmin',
    'mysqlimport',
    'mysqlshow',
    'mysqlcheck',
    'mysqlslap',
    'mysqlpump',
    'mysqlbinlog',
  ]
    .concat([
      'mariadb',
      'mariadb-dump',
      'mariadb-admin',
      'mariadb-import',
      'mariadb-check',
      'mariadb-backup',
      'mariabackup',
    ])
    .concat(['xtrabackup', 'mysql_upgrade', 'mariadb-upgrade', 'mysqlsh', 'mysqlpump'])
    .map((name) => [name, mysql] as const),
  ...['docker', 'podman', 'nerdctl', 'buildah', 'skopeo', 'crane', 'helm', 'oras', 'oc', 'az', 'argocd', 'cf'].map(
    (name) => [name, login] as const,
  ),
  ...['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapdelete', 'ldappasswd', 'ldapwhoami', 'ldapcompare'].map(
    (name) => [name, ldap] as const,
  ),
  ...['7z', '7za', '7zr', '7zz', 'rar', 'unrar'].map((name) => [name, pack] as const),
  ...['zip', 'unzip', 'zipcloak', 'sqlcmd', 'bcp', 'ipmitool', 'mosquitto_pub', 'mosquitto_sub'].map(
    (name) => [name, zip] as const,
  ),
  ...['mongo', 'mongosh', 'mongodump', 'mongorestore', 'mongoexport', 'mongoimport', 'sshpass', 'rdesktop', 'tsql'].map(
    (name) => [name, mongo] as const,
  ),
  ...['snmpget', 'snmpwalk', 'snmpset', 'snmpbulkwalk', 'snmpgetnext', 'snmptrap'].map((name) => [name, snmp] as const),
  ...['useradd', 'usermod', 'groupadd', 'groupmod'].map((name) => [name, account] as const),
  ['curl', curl],
  ['http', { pair: { flags: ['-a', '--auth'], separator: ':' } }],
  ['https', { pair: { flags: ['-a', '--auth'], separator: ':' } }],
  ['ab', { pair: { flags: ['-A', '-P'], separator: ':' } }],
  ['smbclient', { pair: { flags: ['-U', '--user'], separator: '%' } }],
  ['rpcclient', { pair: { flags: ['-U', '--user'], separator: '%' } }],
  ['lftp', { pair: { flags: ['-u', '--user'], separator: ',' } }],
  ['redis-cli', { next: ['-a'], glued: ['-a'] }],
  ['valkey-cli', { next: ['-a'], glued: ['-a'] }],
  ['openssl', { next: ['-k', '-K', '-pass', '-passin', '-passout', '-hmac', '-macopt'] }],
  ['keytool', { next: ['-storepass', '-keypass'] }],
  ['xfreerdp', { glued: ['/p:'] }],
  ['htpasswd', { places: [2] }],
  ['wpa_passphrase', { places: [1] }],
  ['vault', { after: 'login', places: [0] }],
  ['security', { next: ['-w', '-p'] }],
]);

export const ruleOf = (word: string): ProgramRule | undefined => programs.get(word.slice(word.lastIndexOf('/') + 1));
