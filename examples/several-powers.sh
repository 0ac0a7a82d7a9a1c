#!/bin/sh
# Makes a configuration for each of several powers, with a key of its own that can do this one thing.
#
#     several-powers.sh DIRECTORY SERVER NAME POWER… <hosts
#
#     several-powers.sh /etc/remaphore nats://nats.example.com:4222 com.example.ops status deploy <hosts
#
# Writes DIRECTORY/POWER.conf for each POWER, which is a verb; whoever has that file is NAME.POWER. Standard input holds
# the hosts to ask, as lines for [ Peers ] (`com.example.web1 <public key> []`: they may ask nothing here). Where
# DIRECTORY/POWER.creds exists, it is the power's NATS credentials. On standard output are the lines for the [ Peers ]
# of those hosts. An existing file is not overwritten. Exit: 0, or 2 with nothing written for the power it stopped at.
set -eu
umask 077

if [ $# -lt 4 ]; then
  echo "usage: several-powers.sh DIRECTORY SERVER NAME POWER... <hosts" >&2
  exit 2
fi
directory=$(cd -- "$1" && pwd) || exit 2
server=$2
name=$3
shift 3
hosts=$(cat)

for power in "$@"; do
  file=$directory/$power.conf
  if [ -e "$file" ]; then
    echo "several-powers: $file is there already" >&2
    exit 2
  fi
  credentials=none
  if [ -e "$directory/$power.creds" ]; then
    credentials=$directory/$power.creds
  fi
  # A fresh key pair, from the example that `remaphore -C` prints.
  keys=$(remaphore -C | awk '/^\[/ { section = $2 } section == "Identities" && /^[^[#]/ { print $1, $2 }')

  trap 'rm -f "$file.new"' EXIT
  printf '%s\n' "server: $server" "credentials: $credentials" "destination: $name.$power" \
    '[ Identities ]' "$keys [$power]" '[ Peers ]' "$hosts" >"$file.new"
  # Whether it can be used at all; this sends nothing.
  remaphore -q -c "$file.new" --dry-run -s -v "$power" >/dev/null
  mv "$file.new" "$file"
  echo "$name.$power ${keys%% *} [$power]"
done
