#!/usr/bin/env bash
# npm run test:image: builds the image of packaging/Dockerfile from a base that debootstrap made, and runs it as
# packaging/daemonset.yaml has it run on a node: with its capabilities and mounts, and no others. It has to trace, to name a
# container that was there before and a new one, and to ship to a real server of NATS on loopback. The manifest is held to the
# types of Kubernetes. Five minutes, 3 GB.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/fresh/root.sh
bin/setup --test
for tool in podman runc nats-server busybox curl; do
  PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || RUNLEVEL=1 apt-get -qy install --no-install-recommends "${tool/busybox/busybox-static}" >&2
done
node build.js
tools/package.sh >&2

work=$(mktemp -d)
own=$(basename "$work")
node=127.0.0.1
podman() {
  command podman --root "$work/storage" --runroot "$work/run" --storage-driver vfs --cgroup-manager cgroupfs --runtime runc "$@"
}
end() {
  podman rm --force --all >/dev/null 2>&1 || true
  for box in "$own-old" "$own-new"; do runc delete --force "$box" 2>/dev/null || true; done
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap end EXIT

mkdir "$work/manifest"
npm install --prefix "$work/manifest" --no-save --no-audit --no-fund --loglevel=error kubernetes-models@5.1.0 yaml@2 >&2
node test/image/manifest.mjs "$work/manifest"

root=$(make_root trixie image)
tar -C "$root" -c . | podman import - localhost/base:test >/dev/null
rm -rf --one-file-system "$root"
podman build --network=host --isolation=chroot --build-arg BASE=localhost/base:test -t localhost/nstrace:test \
  -f packaging/Dockerfile build/packages >&2

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
PATH=$PATH:/usr/sbin nats-server -a $node -p "$port" -js -sd "$work/nats" >/dev/null 2>&1 &
server=$!
for _ in $(seq 1 50); do
  bin/nstrace agent setup --to "nats://$node:$port" --max-bytes 100MB && break
  sleep 0.2
done

# What the manifest says: its capabilities, and its mounts that are there.
mapfile -t rights < <(sed -n 's/^ *add: \[\(.*\)\]$/\1/p' packaging/daemonset.yaml | tr -d ' ' | tr , '\n')
options=()
for right in "${rights[@]}"; do options+=(--cap-add="$right"); done
while read -r place mode; do
  [ -d "$place" ] && options+=(-v "$place:$place:$mode")
done < <(sed -n 's/^ *- { name: [a-z]*, mountPath: \(\/\(sys\|run\|var\/lib\/[cd]\)[a-z/]*\)\(, readOnly: true\)\?.*/\1 \3/p' packaging/daemonset.yaml |
  sed 's/ , readOnly: true$/ ro,rslave/; s/ $/ rslave/')
echo "rights ${rights[*]}; mounts ${options[*]}" >&2

mkdir -p "$work/bundle/rootfs/bin" "$work/spool"
cp "$(command -v busybox)" "$work/bundle/rootfs/bin/"
(cd "$work/bundle" && runc spec)
box() {
  node -e '
const fs = require("fs"), [file, ...args] = process.argv.slice(1), spec = JSON.parse(fs.readFileSync(file));
spec.process.terminal = false; spec.process.args = args; delete spec.process.rlimits; fs.writeFileSync(file, JSON.stringify(spec));
' "$work/bundle/config.json" /bin/busybox "${@:2}"
  runc run -d -b "$work/bundle" "$1" </dev/null >/dev/null 2>&1
}
box "$own-old" sleep 600

podman run -d --name agent --pid=host --network=host --cgroupns=private --read-only --read-only-tmpfs=false --cap-drop=all \
  --security-opt seccomp=unconfined --security-opt no-new-privileges --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
  "${options[@]}" -v "$work/spool:/var/lib/nstrace" --tmpfs /tmp localhost/nstrace:test \
  agent --to "nats://$node:$port" --cluster test --host-name node-7 --metrics "$node:0" >/dev/null
for _ in $(seq 1 120); do
  grep -q '"type":"process"' "$work"/spool/spool/*.ndjson 2>/dev/null && break
  sleep 0.5
done
sleep 3
box "$own-new" true new-word
sleep 3
podman stop --time 15 agent >/dev/null
podman logs agent >&2

bin/nstrace replay --from "nats://$node:$port" -e all -o json >"$work/shipped"
status=0
expect() {
  if grep -q "$2" "$work/shipped"; then echo "ok: $1"; else echo "FAILED: $1"; status=1; fi
}
expect 'the node has its name' '"host":{"name":"node-7"'
expect 'a container that was there has its name' "\"op\":\"seen\".*\"name\":\"$own-old\""
expect 'a new one has its name' "\"op\":\"started\".*\"name\":\"$own-new\""
expect 'what ran in it is there' '"new-word"'
if [ "$(podman inspect --format '{{.State.ExitCode}}' agent)" = 0 ] &&
  tail -n 1 -q "$work"/spool/spool/*.ndjson | grep -q '"reason":"terminated"'; then
  echo 'ok: it ended well'
else
  echo 'FAILED: it ended well'
  status=1
fi
exit "$status"
