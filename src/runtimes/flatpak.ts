import { positionals } from './flags.ts';
import type { Runtime } from './runtime.ts';
import { unescapeUnit } from './systemd-unit.ts';

const globals = new Set(['installation']);
const withValue = new Set([
  ...[
    'arch',
    'command',
    'branch',
    'cwd',
    'runtime',
    'runtime-version',
    'runtime-commit',
    'commit',
    'app-path',
    'usr-path',
  ],
  ...[
    'share',
    'unshare',
    'socket',
    'nosocket',
    'device',
    'nodevice',
    'allow',
    'disallow',
    'filesystem',
    'nofilesystem',
  ],
  ...['env', 'unset-env', 'env-fd', 'own-name', 'talk-name', 'no-talk-name', 'system-own-name', 'system-talk-name'],
  ...['system-no-talk-name', 'add-policy', 'remove-policy', 'persist', 'instance-id-fd', 'parent-pid'],
  ...['a11y-own-name', 'usb', 'nousb'],
]);

/** `org.gnome.Maps`, or as a ref: `app/org.gnome.Maps/x86_64/stable`, `org.gnome.Maps//stable`. */
const applicationOf = (word: string | undefined): string | undefined =>
  /^(?:app\/)?([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*){2,})(?:\/|$)/.exec(word ?? '')?.[1];

/** `app-flatpak-APPID-PID.scope` below the user's app.slice (flatpak, common/flatpak-run.c), where there is systemd. */
export const flatpak: Runtime = {
  name: 'flatpak',
  programs: ['flatpak'],
  // It executes bwrap in the same process, which makes the namespaces.
  readCommand: ([, ...args]) => {
    const { words, next } = positionals(args, { withValue: globals }, 1);
    const name =
      words[0] === 'run' ? applicationOf(positionals(args.slice(next), { withValue }, 1).words[0]) : undefined;
    return name === undefined ? undefined : { runtime: 'flatpak', action: 'sandbox', name };
  },
  readCgroup: (folder) => {
    const match = /^app-flatpak-(.+)-(\d+)\.scope$/s.exec(folder);
    if (match === null) {
      return undefined;
    }
    const name = unescapeUnit(match[1]!);
    return { id: `${name}-${match[2]}`, name, runtime: 'flatpak' };
  },
};
