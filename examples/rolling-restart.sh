#!/bin/sh
# Has hosts do something one after the other, and stops at the first that fails.
#
#     rolling-restart.sh HOST…
#
# VERB: what they are asked to do (restart). TIMEOUT: how long one of them may take (60s). PAYLOAD: what to tell them.
# A host has done it when its script ended with 0, not when it answered: remaphore itself exits with 0 for any answer.
# Exit: 0 all have done it; 1 one failed or did not answer; 2, 3 and others as remaphore's.
set -eu

here=$(dirname "$0")
verb=${VERB:-restart}
timeout=${TIMEOUT:-60s}

if [ $# -eq 0 ]; then
  echo "usage: rolling-restart.sh HOST..." >&2
  exit 2
fi
for host in "$@"; do
  case $host in
    *\**)
      echo "rolling-restart: $host is a pattern: name the hosts, in their order" >&2
      exit 2
      ;;
  esac
done

count=0
for host in "$@"; do
  status=0
  replies=$(remaphore -r -D "$host" -v "$verb" -t "$timeout" --require all -- "${PAYLOAD:-}") || status=$?
  case $status in
    0) ;;
    1 | 4)
      echo "rolling-restart: $host did not answer within $timeout: stopped, $count of $# done" >&2
      exit 1
      ;;
    *)
      echo "rolling-restart: $host: remaphore ended with $status: stopped, $count of $# done" >&2
      exit "$status"
      ;;
  esac

  code=$(printf '%s\n' "$replies" | LC_ALL=C awk -f "$here/replies.awk" | host=$host awk '$1 == ENVIRON["host"] { print $2 }')
  if [ "$code" != 0 ]; then
    echo "rolling-restart: $host failed (exit code $code): stopped, $count of $# done. It said:" >&2
    # Only plain characters: nothing in it can move the cursor of a terminal.
    printf '%s\n' "$replies" | LC_ALL=C tr -cd '\11\12\40-\176' >&2
    exit 1
  fi
  count=$((count + 1))
  echo "$host"
done
