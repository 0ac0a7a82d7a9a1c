#!/bin/sh
# Runs a job, and if it succeeded tells the hosts whose own job comes after it.
#
#     cron-then-signal.sh NAME HOSTS COMMAND [ARGUMENT…]
#
# NAME is what cron-after-signal.sh waits for there; HOSTS is a name or a pattern. SIGNAL_VERB is the verb, `done` if
# not set; SIGNAL_TIMEOUT is how long they have to say that they heard it, 10s. Silent when all is well, as cron likes it.
# Exit: the command's own when it failed; then nothing is sent. 1 or 4: it succeeded, but nobody was waiting, or not all.
# 2, 3 and others as remaphore's.
set -eu

if [ $# -lt 3 ]; then
  echo "usage: cron-then-signal.sh NAME HOSTS COMMAND [ARGUMENT...]" >&2
  exit 2
fi
name=$1
hosts=$2
shift 2

# Where this fails, set -e ends the script with the same exit code.
"$@"

status=0
remaphore -r -D "$hosts" -v "${SIGNAL_VERB:-done}" -u "$name" -t "${SIGNAL_TIMEOUT:-10s}" --require all >/dev/null || status=$?
if [ "$status" -ne 0 ]; then
  echo "cron-then-signal: the job is done, but $hosts did not all hear of $name (remaphore ended with $status)" >&2
fi
exit "$status"
