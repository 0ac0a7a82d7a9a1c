#!/bin/sh
# Shows which of the known hosts still run an older implementation: their answers do not name the request that they
# answer.
#
#     field-nodes.sh [PATTERN]        default **
#
# TIMEOUT: how long to wait for answers (5s). A host answers if it listens and grants this one the verb `ping`.
# Exit: 0 all answered and none is old: `strict_replies: true` can be set here; 1 some are old, and their names are
# printed, or none answered; 4 none of those that answered is old, but some are silent; 2, 3 and others as remaphore's.
set -eu

status=0
answers=$(remaphore ping -q --json -D "${1:-**}" -t "${TIMEOUT:-5s}") || status=$?
old=$(printf '%s\n' "$answers" | sed -n '/"bound":false/s/.*"destination":"\([^"]*\)".*/\1/p')
if [ -n "$old" ]; then
  printf '%s\n' "$old"
  exit 1
fi
exit "$status"
