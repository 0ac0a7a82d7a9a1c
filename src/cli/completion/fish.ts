import type { CompletedCommand, CompletedOption, CompletionModel, Kind } from './model.ts';

/** A text as one word of fish's, whatever it holds. */
export function quoteFish(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
}

/** The script for fish, which itself filters and quotes what it is offered. Reading the line goes as in posix.ts. */
export function formatFish(model: CompletionModel): string {
  return `# fish completion of remaphore, printed by: remaphore completion fish

# Functions that set what their callers have share all names with them, those of their arguments too. To set something
# leaves the status as it was, so what can be asked says 0.

# What an option is: what it is for, what is not offered any more beside it, and the kind of its value, if it has one.
function __remaphore_option --no-scope-shadowing -a looked_up
    set name ''; set acts ''; set hides; set value ''
    switch $looked_up
${model.options.map(formatOption).join('\n')}
        case '*'
            return 1
    end
    return 0
end

# Offers the options that still have a meaning, each with what it is.
function __remaphore_options --no-scope-shadowing
${model.options.flatMap(formatForms).join('\n')}
end

function __remaphore_form --no-scope-shadowing -a letters long short description
    string match -qr "[$letters]" -- $possible; or return 0
    contains -- $long $hidden; and return 0
    set -a hidden $long
    printf '%s\\t%s\\n' $long $description
    test -n "$short"; and printf '%s\\t%s\\n' $short $description
    return 0
end

# Offers the commands.
function __remaphore_commands
${model.commands.map(({ name, describe }) => `    printf '%s\\t%s\\n' ${name} ${quoteFish(describe)}`).join('\n')}
end

# Whether a word is a command, and what is possible then.
function __remaphore_command --no-scope-shadowing -a first_word
    switch $first_word
${model.commands.map(({ name, letter }) => `        case ${name}\n            set possible ${letter}`).join('\n')}
        case '*'
            return 1
    end
    return 0
end

# The kind of the word that is no option, by how many there are before it.
function __remaphore_operand --no-scope-shadowing
    set kind nothing
    switch $command/$count
${model.commands.flatMap(formatWords).join('\n')}
        case '/*'
            if string match -q '*${model.receive}*' -- $possible
                set kind files
                test $count -eq 0; and set kind script
                test -n "$first"; and set kind first
            end
    end
end

# Takes note of an option.
function __remaphore_note --no-scope-shadowing -a noted
    __remaphore_option $noted; or return 1
    set possible (string replace -ra "[^$acts]" '' -- $possible)
    set -a hidden $hides
    return 0
end

# Takes an option's word apart: sets prefix to what stands before its value, if that is in the same word, else awaiting
# to the kind of the value that the next word is.
function __remaphore_take --no-scope-shadowing -a written
    set prefix ''; set awaiting ''; set awaited ''
    switch $written
        case '--*=*'
            set -l before (string split -m 1 = -- $written)[1]
            __remaphore_note $before; and test -n "$value"; and set prefix $before=
        case '--*'
            __remaphore_note $written; and set awaiting $value; and set awaited $name
        case '*'
            for i in (seq 2 (string length -- $written))
                __remaphore_note -(string sub -s $i -l 1 -- $written); or return 0
                test -n "$value"; or continue
                if test $i -eq (string length -- $written)
                    set awaiting $value; set awaited $name
                else
                    set prefix (string sub -l $i -- $written)
                    string match -q -- "$prefix=*" $written; and set prefix $prefix=
                end
                return 0
            end
    end
    return 0
end

# What the configuration has of a kind, a line each.
function __remaphore_ask -a kind config
    set -l from
    test -n "$config"; and set from -c (string replace -r '^~(?=/)' "$HOME" -- $config)
    command remaphore completion $kind $from 2>/dev/null </dev/null
end

# Offers words behind what stays of the one on the line.
function __remaphore_offer -a prefix
    for word in $argv[2..-1]
        printf '%s%s\\n' "$prefix" $word
    end
end

function __remaphore_complete
    set -l possible ${model.letters}
    set -l hidden; set -l config ''; set -l command ''; set -l count 0; set -l first 1; set -l ended ''
    set -l at ''; set -l kind ''; set -l prefix ''; set -l awaiting ''; set -l awaited ''
    set -l name ''; set -l acts ''; set -l hides; set -l value ''
    set -l line (commandline -opc)
    set -l typed (commandline -ct)
    set -l plain (string unescape -- $typed); or set plain $typed
    set -e line[1]

    if set -q line[1]; and __remaphore_command $line[1]
        set command $line[1]; set first ''
        set -e line[1]
    end
    for word in $line
        set first ''
        if test -n "$awaiting"
            string match -q -- $awaited --config; and set config $word
            set awaiting ''
        else if test -n "$ended"
            set count (math $count + 1)
        else
            switch $word
                case --
                    set ended 1
                case '-?*'
                    __remaphore_take $word
                    test -n "$prefix"; and string match -q -- $name --config
                    and set config (string sub -s (math (string length -- $prefix) + 1) -- $word)
                case '*'
                    set count (math $count + 1)
                    test -n "$command"; or set ended 1
            end
        end
    end

    if test -n "$awaiting"
        set at value; set kind $awaiting; set prefix ''
    else if test -z "$ended"; and string match -q -- '-*' $plain
        set -l earlier $possible; set -l shown $hidden
        __remaphore_take $plain
        set at option
        if test -n "$prefix"
            set at value; set kind $value
        else
            set possible $earlier; set hidden $shown
        end
    else
        set at word; set prefix ''
        __remaphore_operand
    end

    set -l rest (string sub -s (math (string length -- "$prefix") + 1) -- "$plain")
    switch $at/$kind
        case 'option/*'
            __remaphore_options
        case '*/verbs'
            __remaphore_offer "$prefix"(string match -r '^.*,' -- $rest; or echo) (__remaphore_ask verbs $config)
        case '*/destinations' '*/identities' '*/peers'
            __remaphore_offer "$prefix" (__remaphore_ask $kind $config)
        case '*/commands'
            __remaphore_commands
        case '*/first'
            __remaphore_commands
            if test -n "$rest"; and not string match -q -- "$rest*" (__remaphore_commands)
                __fish_complete_command
            end
        case '*/words *'
            __remaphore_offer "$prefix" (string split -n ' ' -- $kind)[2..-1]
        case '*/script'
            if string match -qr '^$|^[.~]|/' -- $rest
                __fish_complete_path "$rest"
            else
                __fish_complete_command
            end
        case '*/directories'
            __remaphore_offer "$prefix" (__fish_complete_directories "$rest")
        case '*/files'
            __remaphore_offer "$prefix" (__fish_complete_path "$rest")
    end
    return 0
end

complete -c remaphore -f -a '(__remaphore_complete)'
`;
}

function formatOption({ long, short, letters, hides, forms }: CompletedOption): string {
  const facts = `set name ${long}; set acts ${letters}; set hides ${hides.join(' ')}`.trimEnd();
  const heading = `        case ${short === undefined ? '' : `${short} `}${long}\n            ${facts}`;
  const [kind, ...others] = new Set(forms.map((form) => form.kind));
  if (kind === undefined) return heading;
  if (others.length === 0) return `${heading}\n            set value ${quoteFish(kind)}`;
  return [
    `${heading}\n            set value nothing`,
    // The first that is possible counts.
    ...forms
      .toReversed()
      .map(
        (form) =>
          `            string match -qr '[${form.letters}]' -- $possible; and set value ${quoteFish(form.kind as Kind)}`,
      ),
  ].join('\n');
}

function formatForms({ long, short, forms }: CompletedOption): string[] {
  return forms.map(
    ({ letters, describe }) => `    __remaphore_form ${letters} ${long} ${short ?? "''"} ${quoteFish(describe)}`,
  );
}

function formatWords({ name, words, repeats }: CompletedCommand): string[] {
  return words.map((kind, i) => {
    const place = repeats && i === words.length - 1 ? '*' : i;
    return `        case '${name}/${place}'\n            set kind ${quoteFish(kind)}`;
  });
}
