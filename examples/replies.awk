# Reads what `remaphore -r` prints, and prints a line for each reply: the host's name, a space, and the exit code of its
# script, or - for a host that sent none. A reply of several lines stands between two lines with a token:
# the line behind the first of them says whose it is; the others are the host's output, whatever they look like.
#
#     remaphore -r -D 'com.example.web.*' -v status -t 5s | LC_ALL=C awk -f replies.awk

token == "" && /^--> / {
  token = substr($0, 5)
  first = 1
  next
}

token != "" && $0 == "--< " token {
  token = ""
  next
}

token == "" || first {
  first = 0
  comma = index($0, ",")
  host = substr($0, 1, comma - 1)
  code = substr($0, comma + 1)
  comma = index(code, ",")
  if (comma > 0) code = substr(code, 1, comma - 1)
  print host, (code ~ /^-?[0-9]+$/ ? code : "-")
}
