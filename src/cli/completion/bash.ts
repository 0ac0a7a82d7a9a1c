import type { CompletionModel } from './model.ts';
import { formatPosix, VARIABLES } from './posix.ts';

/**
 * The script for bash: 3.2 and later, without the package bash-completion, with or without `set -u`. What bash is
 * offered it puts into the line as it is, so it is quoted here.
 */
export function formatBash(model: CompletionModel): string {
  return `# bash completion of remaphore, printed by: remaphore completion bash

${formatPosix(model)}
__remaphore_add() {
  lines="$lines$1"$'\\n'
}

# Offers those of some lines that begin with what has been typed, quoted; behind a tab a line says what it is.
__remaphore_offer() {
  local line shown partial=\${typed#"$prefix"} before=$prefix
  if [ "$at/$kind" = value/verbs ]; then
    case $partial in *,*) before=$before\${partial%,*}, partial=\${partial##*,} ;; esac
  fi
  local open=
  case $before$partial in
    \\"* | \\'*) open=1 ;;
  esac
  case $partial in
    \\"* | \\'*) before=$before\${partial:0:1} partial=\${partial:1} open=1 ;;
  esac
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    if [ -z "$line" ]; then continue; fi
    printf -v shown %q "$line"
    if [ -n "$open" ]; then
      # Between quotes there are other rules: only what needs none of them.
      case $line in *[!A-Za-z0-9._*-]*) continue ;; esac
      shown=$line
    fi
    case $shown in
      "$partial"*) ;;
      *) case $line in "$partial"*) ;; *) continue ;; esac ;;
    esac
    shown=$before$shown
    COMPREPLY+=("\${shown#"$glued"}")
  done <<<"$1"
}

# A script: a path, or a command that is looked up in PATH.
__remaphore_script() {
  files=1
  case $typed in
    '' | */* | [.~]*) ;;
    *) __remaphore_offer "$(compgen -c -- "$typed")" ;;
  esac
}

_remaphore() {
  local IFS=$' \\t\\n'
  local ${VARIABLES}
  local line=\${COMP_LINE-} lines= files= glued= word trimmed i n=-1
  local -a written
  line=\${line:0:\${COMP_POINT:-\${#line}}}
  # Bash takes words apart at = and : and more. What no space is before belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]-}
    trimmed=\${line#"\${line%%[![:space:]]*}"}
    case $trimmed in "$word"*) ;; *) word=$trimmed ;; esac
    if [ "$n" -lt 0 ] || [ "$trimmed" != "$line" ]; then
      n=$((n + 1))
      written[n]=$word
    else
      written[n]=\${written[n]}$word
    fi
    line=\${trimmed#"$word"}
  done
  # Quotes are taken off without looking at what is in them.
  for ((i = 0; i < n; i++)); do
    written[i]=\${written[i]//[\\\\\\"\\']/}
  done
  COMPREPLY=()
  if [ "$n" -lt 1 ]; then return 0; fi
  __remaphore_read "\${written[@]:1}"
  # Of the word that is completed bash replaces the end.
  case $typed in *"\${2-}") glued=\${typed%"\${2-}"} ;; esac
  case $at/$kind in
    option/*)
      __remaphore_options
      __remaphore_offer "$lines" ;;
    */verbs | */destinations | */identities | */peers) __remaphore_offer "$(__remaphore_ask "$kind")" ;;
    */commands)
      __remaphore_commands
      __remaphore_offer "$lines" ;;
    */first)
      __remaphore_commands
      __remaphore_offer "$lines"
      if [ -n "$typed" ] && [ "\${#COMPREPLY[@]}" -eq 0 ]; then __remaphore_script; fi ;;
    */words\\ *) __remaphore_offer "$(printf '%s\\n' \${kind#words })" ;;
    */script) __remaphore_script ;;
    */directories) compopt +o default -o dirnames 2>/dev/null || : ; files=1 ;;
    */files) files=1 ;;
  esac
  # Bash's own completion of files is for where a file can be. (Before 4.0 it is on where there is nothing else.)
  if [ -z "$files" ]; then compopt +o default 2>/dev/null || :; fi
  return 0
}

complete -o default -F _remaphore remaphore
`;
}
