#!/bin/sh
# The script of a listener that can do several things: it runs the file in DIRECTORY that has the verb's name, with the
# payload as its only argument.
#
#     remaphore -t 24h run-verb.sh DIRECTORY
#
# What is not there cannot be asked for, whatever the configuration grants. `ping` needs no file: it is answered with 0.
# Whoever writes such a file: the payload is somebody else's text. Quote it, compare it with what is allowed, never
# evaluate it. Exit: the file's own; 127 when there is none.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: remaphore [options] run-verb.sh DIRECTORY" >&2
  exit 2
fi
directory=$1
verb=$2

# A verb may hold anything but a comma, and so a path.
case $verb in
  *[!abcdefghijklmnopqrstuvwxyz0123456789_-]*)
    echo "run-verb: only letters, digits, _ and - can be in a verb here" >&2
    exit 127
    ;;
esac
if [ -f "$directory/$verb" ] && [ -x "$directory/$verb" ]; then
  exec "$directory/$verb" "${3-}"
fi
[ "$verb" != ping ] || exit 0
echo "run-verb: nothing is set up here for the verb $verb" >&2
exit 127
