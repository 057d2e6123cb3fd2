# Runs in a fresh root: `sh inside.sh own|later`, where Node is in the release, or comes later from /packages/node.
set -eu
export DEBIAN_FRONTEND=noninteractive
fail() { echo "FAILED: $*" >&2; exit 1; }
want() { "$@" >/dev/null || fail "$*"; }

# What an installation may leave: logs, caches and lists of apt, dpkg, ldconfig and npm.
files() {
  find / -xdev \( -path /packages -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /root/.npm \
    -o -path /etc/ld.so.cache -o -path /var/lib/systemd \) -prune -o -print | sort
}

trace() {
  want nstrace doctor
  # Command lines of others on this host may be too long for a record.
  nstrace record --only -o /tmp/s.ndjson -- /bin/true 2>/tmp/said || fail "record: $(cat /tmp/said)"
  grep -q complete /tmp/said || fail "not complete: $(cat /tmp/said)"
  nstrace replay /tmp/s.ndjson --no-header | grep -q /bin/true || fail 'replay shows no /bin/true'
  rm /tmp/s.ndjson /tmp/said
}

# bpftrace, and Node where the release has it, stay: they are packages of their own.
apt-get -qy install --no-install-recommends bpftrace >/dev/null
[ "$1" = later ] || apt-get -qy install --no-install-recommends nodejs >/dev/null
files >/packages/before

apt-get -qy install --no-install-recommends /packages/nstrace_*.deb >/dev/null
if [ "$1" = later ]; then
  nstrace --version 2>/packages/said && fail 'it ran without a Node'
  grep -q 'needs Node 20 or newer' /packages/said || fail "without a Node it said: $(cat /packages/said)"
  install /packages/node /usr/local/bin/node
  echo /usr/local/bin/node >>/packages/before
  sort -o /packages/before /packages/before
fi
nstrace --version
for file in /usr/share/man/man8/nstrace.8.gz /usr/share/bash-completion/completions/nstrace /usr/lib/systemd/system/nstrace-agent.service \
  /usr/share/zsh/vendor-completions/_nstrace /usr/share/fish/vendor_completions.d/nstrace.fish /usr/share/doc/nstrace/copyright; do
  # debootstrap's minbase leaves manuals in; a slim image may not.
  [ -e "$file" ] || fail "no $file"
done
bash -n /usr/share/bash-completion/completions/nstrace || fail 'the completion of bash does not parse'
trace

# As an administrator who has enabled the agent.
mkdir -p /etc/systemd/system/multi-user.target.wants /etc/default /var/lib/nstrace/spool
ln -s /usr/lib/systemd/system/nstrace-agent.service /etc/systemd/system/multi-user.target.wants/
echo 'NSTRACE_AGENT_ARGS="--to stdout"' >/etc/default/nstrace-agent

apt-get -qy install --no-install-recommends /packages/newer.deb >/dev/null
dpkg-query -W -f '${Version}\n' nstrace | grep -q newer || fail 'the upgrade did not happen'
[ -e /etc/systemd/system/multi-user.target.wants/nstrace-agent.service ] || fail 'the upgrade disabled the agent'
nstrace --version >/dev/null

apt-get -qy remove nstrace >/dev/null
[ -e /etc/default/nstrace-agent ] || fail 'remove, which is no purge, took the settings'
apt-get -qy purge nstrace >/dev/null
# Folders that we made above for the administrator.
rmdir -p --ignore-fail-on-non-empty /etc/systemd/system/multi-user.target.wants
files >/packages/after
diff /packages/before /packages/after || fail 'purge left, or took, what is above'
echo 'deb: installed, traced, upgraded, removed without a trace'

# The shell remembers where nstrace was.
hash -r
prefix=$(npm prefix --global)
npm install --global --offline --no-audit --no-fund --loglevel=error /packages/nstrace-*.tgz >/dev/null
nstrace --version
trace
npm uninstall --global --loglevel=error nstrace >/dev/null
# npm leaves the folders that it made for manuals and packages: in /usr/local, or in /usr if Node is Debian's.
for folder in share/man/man8 lib/node_modules; do
  grep -qxF "$prefix/$folder" /packages/before || rmdir --ignore-fail-on-non-empty "$prefix/$folder" 2>/dev/null || true
done
rm -rf /root/.npm
files >/packages/after
diff /packages/before /packages/after || fail 'npm uninstall left, or took, what is above'
echo 'npm: installed, traced, removed without a trace'
