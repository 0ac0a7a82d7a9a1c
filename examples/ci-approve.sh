#!/bin/sh
# Lets a CI step go on that ci-gate.sh holds.
#
#     ci-approve.sh NAME CI-HOST [NOTE…]
#
# It is a request, so that the approver knows whether the gate was there to hear it.
# Exit: 0 the gate is open; 1 no gate for NAME was waiting at CI-HOST; 2, 3 and others as remaphore's.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: ci-approve.sh NAME CI-HOST [NOTE...]" >&2
  exit 2
fi
name=$1
host=$2
shift 2

status=0
remaphore -r -D "$host" -v approve -u "$name" -t 10s --require all -- "$@" >/dev/null || status=$?

case $status in
  0) echo "ci-approve: $host goes on with $name" >&2 ;;
  1 | 4) echo "ci-approve: nothing at $host waits for $name" >&2 ;;
  *) echo "ci-approve: $name is not approved: remaphore ended with $status" >&2 ;;
esac
exit "$status"
