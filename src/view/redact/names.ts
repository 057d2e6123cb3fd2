/** Whether a name says that its value is a secret: of an option, a variable, a header, a field of JSON or of a URL's query. */

/** Words that mean a secret wherever they stand in a name: `--db-password`, `DB_PASSWORD`, `keyStorePassword`. */
const secretWords = new Set([
  ...['password', 'passwd', 'passwort', 'passphrase', 'passcode', 'passwords', 'pass', 'pwd', 'pw', 'psk'],
  ...[
    'secret',
    'secrets',
    'token',
    'apikey',
    'authkey',
    'credential',
    'credentials',
    'creds',
    'cookie',
    'jwt',
    'bearer',
  ],
  ...['authorization', 'accesskey', 'secretkey', 'privatekey', 'pgpassword', 'mypwd', 'sshpass', 'authtoken', 'otp'],
]);

/** `key` alone is a file or a name; after these words it is a secret. */
const beforeKey = new Set(
  'api access secret auth private encryption account master signing shared storage session license service admin deploy'.split(
    ' ',
  ),
);

/** Last words of names that say where a secret is, or something about it, and not the secret. */
const about = new Set(
  (
    'file files path dir directory stdin name names fd env ttl type types url uri endpoint length len policy prompt method ' +
    'format expiry expires expiration lifetime timeout issuer header headers store enabled required only provider budget ' +
    'ref version count limit audience hash check command cmd source field key-file host port backend manager'
  ).split(' '),
);

/** Names of more than this are no names. */
export const maxName = 100;

export const isSecretName = (name: string): boolean => {
  if (name.length > maxName) {
    return false;
  }
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (words[0] === 'no' || words[0] === 'without' || (words.length > 1 && about.has(last))) {
    return false;
  }
  return words.some(
    (word, index) =>
      secretWords.has(word) ||
      (word === 'key' && beforeKey.has(words[index - 1] ?? '')) ||
      (word === 'auth' && index === words.length - 1) ||
      (word === 'signature' && words.includes('amz')) ||
      (word.length > 6 && (word.endsWith('password') || word.endsWith('passwd'))),
  );
};

/** `keyStorePassword`, `DB_PASSWORD` and `--db-password` are lists of words. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
