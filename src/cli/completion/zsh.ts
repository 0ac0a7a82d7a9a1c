import type { CompletionModel } from './model.ts';
import { formatPosix, VARIABLES } from './posix.ts';

/** The script for zsh, as a file `_remaphore` in its fpath or to be evaluated after compinit. Zsh quotes what it takes. */
export function formatZsh(model: CompletionModel): string {
  return `#compdef remaphore
# zsh completion of remaphore, printed by: remaphore completion zsh

${formatPosix(model)}
__remaphore_add() {
  rows+=("$1:$2")
}

# Offers what the configuration has of a kind; behind a tab a line says what it is.
__remaphore_offer() {
  local line
  local -a texts shows
  while IFS= read -r line; do
    if [[ -z $line ]]; then continue; fi
    texts+=("\${line%%$'\\t'*}")
    shows+=("\${line/$'\\t'/  -- }")
  done <<<"$2"
  _wanted "$kind" expl "$1" compadd -l -d shows -a texts
}

_remaphore() {
  local ${VARIABLES} expl
  local -a rows choices
  __remaphore_read "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}"
  if [[ -n $prefix ]]; then compset -p \${#prefix}; fi
  case $at/$kind in
    option/*)
      __remaphore_options
      _describe -o option rows ;;
    */verbs)
      compset -P '*,'
      __remaphore_offer verb "$(__remaphore_ask verbs)" ;;
    */destinations) __remaphore_offer destination "$(__remaphore_ask destinations)" ;;
    */identities) __remaphore_offer identity "$(__remaphore_ask identities)" ;;
    */peers) __remaphore_offer peer "$(__remaphore_ask peers)" ;;
    */commands)
      __remaphore_commands
      _describe -t commands command rows ;;
    */first)
      __remaphore_commands
      _describe -t commands command rows || { [[ -n $PREFIX ]] && { _command_names -e || _files } } ;;
    */words\\ *)
      choices=(\${=kind#words })
      _wanted words expl word compadd -a choices ;;
    */script) if [[ -n $PREFIX ]] && _command_names -e; then return 0; else _files; fi ;;
    */directories) _directories ;;
    */files) _files ;;
    *) return 1 ;;
  esac
}

if [[ \${funcstack[1]-} = _remaphore ]]; then
  _remaphore "$@"
elif (( \${+functions[compdef]} )); then
  compdef _remaphore remaphore
else
  print -u2 'remaphore: completion needs: autoload -Uz compinit && compinit'
fi
`;
}
