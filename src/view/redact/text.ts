import { isSecretName, maxName } from './names.ts';
import { maskShapes } from './shapes.ts';

export const mask = '*****';

/** What a secret can begin with, or be named by: text without any of it is passed on as it is. */
const suspicious =
  /pass|pwd|pw|psk|secret|token|key|auth|cred|cookie|jwt|bearer|otp|sig|:\/\/|AKIA|ASIA|gh[oprsu]_|github_pat|gl(?:pat|rt)-|xox|xapp-|[rs]k[-_]|AIza|ya29|GOCSPX|npm_|pypi-|hv[bs]\.|do[op]_v1|dckr_|SG\.|AGE-|eyJ|BEGIN /i;

export const isSuspicious = (text: string): boolean => suspicious.test(text);

/** Secrets inside one argument: known shapes, `user:secret@` of URLs, headers, `name=secret` and `"name": "secret"`. */
export const maskInside = (text: string): string => {
  let masked = maskShapes(text, mask);
  if (masked.includes('://')) {
    masked = maskUrls(masked);
  }
  const header = maskHeader(masked);
  if (header !== undefined) {
    return header;
  }
  masked = maskFields(maskBearer(masked));
  return masked.includes('PRIVATE KEY') ? maskPrivateKeys(masked) : masked;
};

/** `user:secret@host` (RFC 3986): the name of the user stays. A long name without a colon is a token. */
const maskUrls = (text: string): string =>
  text.replace(/:\/\/([^\s/?#"'<>]+)/g, (whole, authority: string) => {
    const at = authority.lastIndexOf('@');
    if (at < 0) {
      return whole;
    }
    const colon = authority.indexOf(':');
    const host = authority.slice(at);
    if (colon >= 0 && colon < at) {
      return colon + 1 === at ? whole : `://${authority.slice(0, colon)}:${mask}${host}`;
    }
    return at >= tokenLength ? `://${mask}${host}` : whole;
  });

/** No user has a longer name. */
const tokenLength = 16;

/** `Authorization: Bearer SECRET`, `X-Api-Key: SECRET`, `Cookie: a=b; c=d`: all that follows; the scheme stays. */
const maskHeader = (text: string): string | undefined => {
  const header = /^(?:-H)?["']?([A-Za-z][\w-]{0,99}):\s{0,9}(?!\/\/)/.exec(text);
  if (header !== null && header[0].length < text.length && isSecretName(header[1]!)) {
    const from = afterScheme(text, header[0].length);
    return `${text.slice(0, from)}${mask}`;
  }
  return undefined;
};

/** The scheme of an Authorization header is no secret (RFC 9110). */
const afterScheme = (text: string, from: number): number =>
  from +
  (/^(?:bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)\s{1,9}/i.exec(text.slice(from, from + 40))?.[0]
    .length ?? 0);

const maskBearer = (text: string): string =>
  text.replace(/\b(bearer|basic)\s{1,9}[\w.~+/=-]{8,}/gi, (_, scheme: string) => `${scheme} ${mask}`);

/** `name=secret`, `name: secret`, `"name": "secret"`, `?name=secret&`. A name is sought before what separates it from its value. */
const maskFields = (text: string): string => {
  let out = '';
  let from = 0;
  const separators = /[=:]\s{0,3}/g;
  for (let match = separators.exec(text); match !== null; match = separators.exec(text)) {
    const [nameFrom, nameTo] = nameBefore(text, match.index);
    const name = text.slice(nameFrom, nameTo);
    const query = /[?&]/.test(text[nameFrom - 1] ?? '') && /^(?:sig|signature|code|key)$/i.test(name);
    if (nameFrom < from || text.startsWith('//', match.index + 1) || !(query || isSecretName(name))) {
      continue;
    }
    const valueFrom = afterScheme(text, match.index + match[0].length);
    const valueTo = endOfValue(text, valueFrom);
    if (valueTo > valueFrom && !isReference(text, valueFrom, valueTo)) {
      out += text.slice(from, valueFrom) + masked(text, valueFrom, valueTo);
      from = valueTo;
    }
    separators.lastIndex = Math.max(valueTo, separators.lastIndex);
  }
  return from === 0 ? text : out + text.slice(from);
};

/** Where the name begins and ends that stands before this place, perhaps in quotes. */
const nameBefore = (text: string, place: number): [from: number, to: number] => {
  let to = place;
  while (to > 0 && place - to < 4 && /[\s"'\]\\]/.test(text[to - 1]!)) {
    to -= 1;
  }
  let from = to;
  while (from > 0 && to - from <= maxName && /[\w.-]/.test(text[from - 1]!)) {
    from -= 1;
  }
  return [from, to];
};

/** Where a value ends that begins here: at its closing quote, else at what separates fields. */
const endOfValue = (text: string, from: number): number => {
  const escaped = text[from] === '\\' && /["']/.test(text[from + 1] ?? '');
  const quote = escaped ? text.slice(from, from + 2) : /["']/.test(text[from] ?? '') ? text[from]! : undefined;
  if (quote !== undefined) {
    const close = text.indexOf(quote, from + quote.length);
    return close < 0 ? text.length : close + quote.length;
  }
  const ends = /[\s&;"'}\\]/g;
  ends.lastIndex = from;
  const end = ends.exec(text);
  return end === null ? text.length : end.index;
};

/** With the quotes around it. */
const masked = (text: string, from: number, to: number): string => {
  const open = /^\\?["']/.exec(text.slice(from, from + 2))?.[0] ?? '';
  const close = open !== '' && to - from > open.length && text.slice(from, to).endsWith(open) ? open : '';
  return `${open}${mask}${close}`;
};

/** `$PASSWORD` and `${PASSWORD}` name a secret and do not hold it. */
const isReference = (text: string, from: number, to: number): boolean =>
  /^["']?\$\{?\w+\}?["']?$/.test(text.slice(from, Math.min(to, from + 100)));

const maskPrivateKeys = (text: string): string => {
  const begin = text.indexOf('-----BEGIN ');
  return begin < 0 ? text : `${text.slice(0, begin)}-----BEGIN ${mask}`;
};
