// What the scripts for bash and zsh have in common: reading the line. Words of the configuration are only ever compared
// and added to lists, never evaluated. The variables are those of the shell's own function, which calls these.

import type { CompletedCommand, CompletedOption, CompletionModel, Kind } from './model.ts';

/** The variables that `__remaphore_read` sets, for the shell's own function to declare. */
export const VARIABLES =
  'possible hidden config command count first ended at kind prefix typed name acts hides value awaiting awaited';

/** A text as one word of bash's or zsh's, whatever it holds. */
export function quotePosix(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function formatPosix(model: CompletionModel): string {
  return `# What an option is: what it is for, what is not offered any more beside it, and the kind of its value, if it has one.
__remaphore_option() {
  name= acts= hides= value=
  case $1 in
${model.options.map(formatOption).join('\n')}
    *) return 1 ;;
  esac
}

# Adds the options that still have a meaning, each with what it is.
__remaphore_options() {
${model.options.flatMap(formatForms).join('\n')}
}

__remaphore_form() {
  case $possible in *[$1]*) ;; *) return 0 ;; esac
  case $hidden in *" $2 "*) return 0 ;; esac
  hidden="$hidden$2 "
  __remaphore_add "$2" "$4"
  if [ -n "$3" ]; then __remaphore_add "$3" "$4"; fi
}

# Adds the commands.
__remaphore_commands() {
${model.commands.map(({ name, describe }) => `  __remaphore_add ${name} ${quotePosix(describe)}`).join('\n')}
  return 0
}

# Whether a word is a command, and what is possible then.
__remaphore_command() {
  case $1 in
${model.commands.map(({ name, letter }) => `    ${name}) possible=${letter} ;;`).join('\n')}
    *) return 1 ;;
  esac
}

# The kind of the word that is no option, by how many there are before it.
__remaphore_operand() {
  kind=nothing
  case $command/$count in
${model.commands.flatMap(formatWords).join('\n')}
    /*)
      case $possible in
        *${model.receive}*)
          if [ -n "$first" ]; then kind=first; elif [ "$count" -eq 0 ]; then kind=script; else kind=files; fi ;;
      esac ;;
  esac
}

# Takes note of an option.
__remaphore_note() {
  __remaphore_option "$1" || return 1
  possible=\${possible//[!$acts]/}
  hidden="$hidden$hides"
}

# Takes an option's word apart: sets prefix to what stands before its value, if that is in the same word, else awaiting
# to the kind of the value that the next word is.
__remaphore_take() {
  local letters
  prefix= awaiting= awaited=
  case $1 in
    --*=*)
      if __remaphore_note "\${1%%=*}" && [ -n "$value" ]; then prefix=\${1%%=*}=; fi ;;
    --*)
      if __remaphore_note "$1" && [ -n "$value" ]; then awaiting=$value awaited=$name; fi ;;
    *)
      letters=\${1#-}
      while [ -n "$letters" ]; do
        if ! __remaphore_note "-\${letters%"\${letters#?}"}"; then return 0; fi
        letters=\${letters#?}
        if [ -z "$value" ]; then continue; fi
        case $letters in
          '') awaiting=$value awaited=$name ;;
          '='*) prefix=\${1%"$letters"}= ;;
          *) prefix=\${1%"$letters"} ;;
        esac
        return 0
      done ;;
  esac
}

# Reads the words of the line, without the program's name, up to the one that is completed. Sets at to what that is (an
# option, a value or a word), kind to what can stand there, prefix to what of it stays.
__remaphore_read() {
  local word earlier
  possible=${model.letters} hidden=' ' config= command= count=0 first=1 ended= awaiting= awaited=
  if [ $# -gt 1 ] && __remaphore_command "$1"; then command=$1 first=; shift; fi
  while [ $# -gt 1 ]; do
    word=$1 first=
    shift
    if [ -n "$awaiting" ]; then
      if [ "$awaited" = --config ]; then config=$word; fi
      awaiting=
    elif [ -n "$ended" ]; then
      count=$((count + 1))
    else
      case $word in
        --) ended=1 ;;
        -?*)
          __remaphore_take "$word"
          if [ -n "$prefix" ] && [ "$name" = --config ]; then config=\${word#"$prefix"}; fi ;;
        *)
          count=$((count + 1))
          if [ -z "$command" ]; then ended=1; fi ;;
      esac
    fi
  done
  case $config in '~/'*) config=\${HOME-}/\${config#'~/'} ;; esac
  typed=$1 prefix=
  if [ -n "$awaiting" ]; then
    at=value kind=$awaiting
    return 0
  fi
  case $ended$typed in
    -*)
      earlier=$possible/$hidden
      __remaphore_take "$typed"
      if [ -n "$prefix" ]; then
        at=value kind=$value
      else
        at=option kind=nothing possible=\${earlier%%/*} hidden=\${earlier#*/}
      fi ;;
    *)
      at=word
      __remaphore_operand ;;
  esac
}

# What the configuration has of a kind, a line each.
__remaphore_ask() {
  if [ -n "$config" ]; then
    command remaphore completion "$1" -c "$config" 2>/dev/null </dev/null
  else
    command remaphore completion "$1" 2>/dev/null </dev/null
  fi
}
`;
}

function formatOption({ long, short, letters, hides, forms }: CompletedOption): string {
  const facts = `name=${long} acts=${letters} hides=${quotePosix(hides.map((name) => `${name} `).join(''))}`;
  const written = short === undefined ? long : `${short} | ${long}`;
  const [kind, ...others] = new Set(forms.map((form) => form.kind));
  if (kind === undefined) return `    ${written}) ${facts} ;;`;
  if (others.length === 0) return `    ${written}) ${facts} value=${quotePosix(kind)} ;;`;
  const cases = forms.map((form) => `*[${form.letters}]*) value=${quotePosix(form.kind as Kind)} ;;`);
  return `    ${written})\n      ${facts}\n      case $possible in ${cases.join(' ')} *) value=nothing ;; esac ;;`;
}

function formatForms({ long, short, forms }: CompletedOption): string[] {
  return forms.map(
    ({ letters, describe }) => `  __remaphore_form ${letters} ${long} ${short ?? "''"} ${quotePosix(describe)}`,
  );
}

function formatWords({ name, words, repeats }: CompletedCommand): string[] {
  return words.map((kind, i) => {
    const place = repeats && i === words.length - 1 ? '*' : i;
    return `    ${name}/${place}) kind=${quotePosix(kind)} ;;`;
  });
}
