/** Secrets that are known by how they look, wherever they stand. Each word is looked at once: no text makes this slow. */
export const maskShapes = (text: string, mask: string): string =>
  text.replace(/[A-Za-z0-9_.-]+/g, (word) => (word.length >= shortest && isSecretShape(word) ? mask : word));

const shortest = 16;

const isSecretShape = (word: string): boolean => {
  const shape = shapes.get(word.slice(0, 3));
  return shape?.test(word) ?? false;
};

/** By the first three letters. Sources: the vendors' pages on their token formats. */
const shapes: ReadonlyMap<string, RegExp> = new Map([
  ['AKI', /^AKIA[A-Z0-9]{12,}$/], // AWS access key
  ['ASI', /^ASIA[A-Z0-9]{12,}$/], // AWS temporary access key
  ['ghp', /^ghp_\w{20,}$/], // GitHub: personal, OAuth, user, server, refresh
  ['gho', /^gho_\w{20,}$/],
  ['ghu', /^ghu_\w{20,}$/],
  ['ghs', /^ghs_\w{20,}$/],
  ['ghr', /^ghr_\w{20,}$/],
  ['git', /^github_pat_\w{20,}$/],
  ['glp', /^glpat-[\w-]{16,}$/], // GitLab
  ['glr', /^glrt-[\w-]{16,}$/],
  ['xox', /^xox[abeoprs]-[\w-]{10,}$/], // Slack
  ['xap', /^xapp-[\w-]{10,}$/],
  ['sk-', /^sk-[\w-]{16,}$/], // OpenAI, Anthropic
  ['sk_', /^sk_(?:live|test)_\w{10,}$/], // Stripe
  ['rk_', /^rk_(?:live|test)_\w{10,}$/],
  ['AIz', /^AIza[\w-]{30,}$/], // Google
  ['ya2', /^ya29\.[\w.-]{16,}$/],
  ['GOC', /^GOCSPX-[\w-]{16,}$/],
  ['npm', /^npm_\w{30,}$/],
  ['pyp', /^pypi-[\w-]{30,}$/],
  ['hvs', /^hvs\.[\w.-]{16,}$/], // Vault
  ['hvb', /^hvb\.[\w.-]{16,}$/],
  ['dop', /^dop_v1_\w{30,}$/], // DigitalOcean
  ['doo', /^doo_v1_\w{30,}$/],
  ['dck', /^dckr_pat_[\w-]{16,}$/], // Docker Hub
  ['SG.', /^SG\.[\w-]{10,}\.[\w-]{10,}$/], // SendGrid
  ['AGE', /^AGE-SECRET-KEY-1\w{30,}$/],
  ['eyJ', /^eyJ[\w-]{5,}\.[\w-]+\.[\w-]*$/], // JSON Web Token
]);
