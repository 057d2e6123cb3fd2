#!/bin/sh
# What runs while nstrace records, in the guest; check.cjs knows what must be seen of it.
cd /bundle || exit 1
runc run --no-pivot vm1 &
run=$!
tries=0
until runc state vm1 2>/dev/null | grep -q '"running"' || [ $tries -gt 60 ]; do tries=$((tries + 1)); sleep 1; done
runc exec vm1 ls joined
unshare -pf true deepest
unshare -m sleep 10 &
unshared=$!
sleep 2
nsenter -t $unshared -m true entered
/tools/noop hostile "$(printf '\033[31m\nred')" '' "$(printf '\377')"
/tools/noop long "$(printf '%06000d' 7)"
/tools/threads exec /tools/noop
/tools/fdexec /tools/noop
/no/such/program 2>/dev/null
# Of v2, or of v1's pids.
for made in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do
  [ ! -e $made/cgroup.procs ] || break
done
mkdir $made/made && echo $$ >$made/made/cgroup.procs && /tools/noop in-cgroup
/tools/spawn 300 /tools/noop burst >/dev/null
# Heartbeats notice it.
date -s '2030-01-01 00:00:00' >/dev/null
sleep 2
/tools/noop clock
runc kill vm1 USR1
wait $run
