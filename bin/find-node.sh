# Sourced by bin/nstrace, which is $here, with the caller's PATH as $callers and the system's programs first in PATH: runs it
# with the first Node 20 or newer. Under sudo PATH is sudo's own, and a Node that the caller installed for themselves (nvm and
# the like) is not in it.
#
# Root runs a Node only if it and the folder it is in belong to root, or to the caller of sudo, which is then said, and if
# not everybody may write to them.

# Under sudo the caller may not be meant to be root: with these Node would run a file of theirs before nstrace begins, take its code
# from a cache of theirs, trust whom they trust, or write files where they say. All of Node's own: each version has more of them.
if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}${SUDO_USER:-}" ]; then
  for name in $(env | sed -n 's/^\(NODE_[A-Za-z0-9_]*\)=.*/\1/p'); do
    # Not Node's own: the command of `record` gets it.
    [ "$name" = NODE_ENV ] || unset "$name"
  done
  unset OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE TMPDIR
fi

oldest=20
older=
notice=

# is_safe NODE: whether root may run it.
is_safe() {
  # shellcheck disable=SC2046
  set -- "$1" $(stat -L -c '%u %a' -- "$1" "${1%/*}" 2>/dev/null)
  [ $# -eq 5 ] || return 1
  case "$3$5" in *[2367]) return 1 ;; esac
  case "$3" in *[2367]) return 1 ;; esac
  [ "$2$4" = 00 ] && return 0
  [ -n "${SUDO_UID:-}" ] || return 1
  { [ "$2" = 0 ] || [ "$2" = "$SUDO_UID" ]; } && { [ "$4" = 0 ] || [ "$4" = "$SUDO_UID" ]; } || return 1
  notice="nstrace: it runs with your own Node, which is not root's: $1"
}

# is_usable NODE: whether it is there, safe, and new enough.
is_usable() {
  notice=
  case $1 in /*) [ -x "$1" ] ;; *) false ;; esac || return 1
  [ "$(id -u)" -ne 0 ] || is_safe "$1" || return 1
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$oldest" ] 2>/dev/null && return 0
  older=" ($1 is $version)"
  return 1
}

home=
if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ]; then
  home=$(getent passwd -- "$SUDO_UID" 2>/dev/null | cut -d : -f 6)
fi

for node in "$(PATH=$callers command -v node)" /usr/local/bin/node /usr/bin/node /opt/node*/bin/node \
  ${home:+"$home"/.nvm/versions/node/*/bin/node "$home"/.local/share/fnm/node-versions/*/installation/bin/node \
    "$home"/.local/share/mise/installs/node/*/bin/node "$home"/.asdf/installs/nodejs/*/bin/node "$home"/n/bin/node}; do
  if is_usable "$node"; then
    [ -z "$notice" ] || printf '%s\n' "$notice" >&2
    PATH=$callers
    exec "$node" "$here" "$@"
  fi
done

printf 'nstrace: it needs Node %s or newer, and finds none%s\n' "$oldest" "$older" >&2
printf 'nstrace:   install one for root (https://nodejs.org/en/download), or name yours: sudo "$(command -v node)" %s\n' "$here" >&2
exit 3
