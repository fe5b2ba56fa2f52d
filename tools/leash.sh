#!/bin/sh
# leash.sh GRACE_SECONDS COMMAND [ARGUMENT…]
#
# Becomes COMMAND, keeping its process id, so that whoever started it sees its real pid, exit code and signal.
# What stays behind is a watcher that reads fd 3. Nobody ever writes there: the read returns when the holder of
# the other end is gone, by kill -9 too, or lets go. Then COMMAND gets SIGTERM, and after the grace whatever is
# left of its process group gets SIGKILL. COMMAND knows nothing of this, and a blocked event loop cannot stop it.
#
# Start it as leader of its own group. The watcher is of that group, which is why the kernel cannot give the
# number $$ to a stranger while the watcher still uses it.
grace=$1
shift
(
  trap '' HUP INT TERM
  read -r _ <&3
  kill -s TERM $$
  left=$((grace * 5))
  while [ "$left" -gt 0 ] && kill -0 $$; do
    sleep 0.2
    left=$((left - 1))
  done
  kill -s KILL -- -$$
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"
