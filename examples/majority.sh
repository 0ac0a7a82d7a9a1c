#!/bin/sh
# Asks many hosts at once to do something, and succeeds when enough of them have done it.
#
#     majority.sh PATTERN VERB [PAYLOAD]
#
# NEED: how many of the known hosts that PATTERN matches, as a number or like 75% (rounded up); more than half if not set.
# TIMEOUT: how long they have (10s). A host counts when its script ended with 0. If any answer will do, this script is
# not needed: remaphore -r --require 51% is enough.
# Exit: 0 enough have done it; 4 fewer; 1 nobody answered; 2, 3 and others as remaphore's.
set -eu

here=$(dirname "$0")
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "usage: majority.sh PATTERN VERB [PAYLOAD]" >&2
  exit 2
fi
pattern=$1
verb=$2

# Whom the pattern reaches is what the configuration says, not whoever answers.
remaphore -q --dry-run -r -D "$pattern" -v "$verb" >/dev/null
plan=$(remaphore -q --json --dry-run -r -D "$pattern" -v "$verb")
hosts=$(printf '%s\n' "$plan" | sed -n 's/.*"reaches":\[\([^]]*\)\].*/\1/p' | tr -d '"' | tr ',' '\n')
known=$(printf '%s\n' "$hosts" | grep -c .)

case ${NEED:-} in
  '') need=$((known / 2 + 1)) ;;
  0* | *[!0-9%]* | *%?* | %) need=0 ;;
  *%) need=$(((known * ${NEED%\%} + 99) / 100)) ;;
  *) need=$NEED ;;
esac
if [ "$need" -lt 1 ] || [ "$need" -gt "$known" ]; then
  echo "majority: NEED=$NEED: expected a number from 1 to $known, or 1% to 100%" >&2
  exit 2
fi

status=0
replies=$(remaphore -r -D "$pattern" -v "$verb" -t "${TIMEOUT:-10s}" -- "${3-}") || status=$?
if [ "$status" -ne 0 ]; then
  exit "$status"
fi

codes=$(printf '%s\n' "$replies" | LC_ALL=C awk -f "$here/replies.awk")
did=0
for host in $hosts; do
  code=$(printf '%s\n' "$codes" | host=$host awk '$1 == ENVIRON["host"] { print $2 }')
  case $code in
    0) did=$((did + 1)) ;;
    '') echo "majority: $host did not answer" >&2 ;;
    *) echo "majority: $host failed (exit code $code)" >&2 ;;
  esac
done
echo "$did of $known have done it, $need needed"
[ "$did" -ge "$need" ] || exit 4
