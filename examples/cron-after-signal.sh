#!/bin/sh
# Waits until another host has done its job, then does this host's.
#
#     cron-after-signal.sh NAME TIMEOUT COMMAND [ARGUMENT…]
#
# NAME is what cron-then-signal.sh sends there. Start it before the other host's job can end: a signal that nobody waits
# for is gone. SIGNAL_VERB is the verb, `done` if not set.
# Exit: the command's own; 1 when the signal did not come in time, 2, 3 and others as remaphore's: then it is not run.
set -eu

if [ $# -lt 3 ]; then
  echo "usage: cron-after-signal.sh NAME TIMEOUT COMMAND [ARGUMENT...]" >&2
  exit 2
fi
name=$1
timeout=$2
shift 2

status=0
remaphore -q -v "${SIGNAL_VERB:-done}" -u "$name" -t "$timeout" >/dev/null || status=$?
if [ "$status" -ne 0 ]; then
  echo "cron-after-signal: no $name within $timeout, so $1 is not run (remaphore ended with $status)" >&2
  exit "$status"
fi
exec "$@"
