#!/bin/sh
# Holds a CI step until somebody approves it.
#
#     ci-gate.sh NAME [TIMEOUT]       in the CI job; TIMEOUT is like 30m, 1h if not given
#     ci-approve.sh NAME CI-HOST      by whoever may use the verb `approve` at CI-HOST
#
# NAME says what is approved, such as release-1.2: an approval for anything else does not count. What the approver
# wrote is printed. Exit: 0 approved; 1 nobody approved in time; 2, 3 and others as remaphore's, and not approved.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: ci-gate.sh NAME [TIMEOUT]" >&2
  exit 2
fi
name=$1
timeout=${2:-1h}

status=0
remaphore -v approve -u "$name" -t "$timeout" || status=$?

case $status in
  0) echo "ci-gate: $name is approved" >&2 ;;
  1) echo "ci-gate: nobody approved $name within $timeout" >&2 ;;
  *) echo "ci-gate: $name is not approved: remaphore ended with $status" >&2 ;;
esac
exit "$status"
