#!/usr/bin/env bash
# build.sh PROGRAM: builds the OpenTelemetry Collector of Debian sid (receiver otlp, exporter debug) in a root of its own, which
# takes about four minutes and 2 GB the first time. It needs root and debootstrap, and downloads from Debian only.
set -euo pipefail
program=$(realpath -m "$1")
here=$(cd "$(dirname "$0")" && pwd)
roots=${NSTRACE_TEST_ROOTS:-/var/tmp/nstrace-roots}
root=$roots/sid-collector
[ "$(id -u)" -eq 0 ] || { echo 'it needs root' >&2; exit 3; }
command -v debootstrap >/dev/null || apt-get -qy install --no-install-recommends debootstrap >&2
mkdir -p "$roots"
if [ ! -e "$root/.whole" ]; then
  rm -rf --one-file-system "$root"
  debootstrap --variant=minbase --include=ca-certificates sid "$root" >&2
  # apt is set up as it is here: mirrors, proxies and certificates.
  cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
  cp -a /etc/ssl/certs/. "$root/etc/ssl/certs/"
  chroot "$root" apt-get -q update >&2
  chroot "$root" apt-get -qy install --no-install-recommends golang-go golang-opentelemetry-collector-dev >&2
  touch "$root/.whole"
fi
install -D -m 644 "$here/main.go" "$root/build/main.go"
chroot "$root" env HOME=/build GOROOT=/usr/lib/go GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=-p=2 CGO_ENABLED=0 \
  go build -o /build/otelcol /build/main.go >&2
install -D -m 755 "$root/build/otelcol" "$program"
