# Countersign's guard for fish >= 3.2, written anew by the extension: changes here are lost.
# fish finds it through XDG_DATA_DIRS, whether a person types into it or it runs a text or a script.
set -g __countersign_glances @GLANCE@
# The list holds for the programs that were found when the shell began, and for the wrappers that fish brings along.
set -g __countersign_path "$PATH"
set -g __countersign_wrappers "$__fish_data_dir/functions/*" 'embedded:functions/*'
set -g __countersign_bash (command -s bash)

# Whether TEXT only looks: one program of the list, with plain arguments.
function __countersign_glance --argument-names text
    string match -qr '\A[A-Za-z0-9_ ./,:@%+=-]{1,200}\z' -- "$text"; or return 1
    set -l first (string split -m 1 ' ' -- "$text")[1]
    contains -- "$first" $__countersign_glances; and test "$PATH" = "$__countersign_path"; or return 1
    not functions -q -- "$first"; or __countersign_is_wrapper "$first"
end

function __countersign_is_wrapper --argument-names name
    set -l file (functions --details -- $name)
    string match -q -- $__countersign_wrappers[1] "$file"; or string match -q -- $__countersign_wrappers[2] "$file"
end

# Prints the functions that TEXT may use, and those that these use.
function __countersign_definitions --argument-names text
    set -l todo (string match -ar '[A-Za-z0-9_.:@+-]+' -- "$text")
    set -l seen
    while set -q todo[1]; and test (count $seen) -lt 400
        set -l name $todo[1]
        set -e todo[1]
        contains -- $name $seen; and continue
        set -a seen $name
        functions -q -- $name; and not __countersign_is_wrapper $name; or continue
        set -l body (functions -- $name)
        string join \n -- $body
        set -a todo (string match -ar '[A-Za-z_][A-Za-z0-9_.:@+-]*' -- "$body")
    end
end

function __countersign_tell
    test -n "$__countersign_bash"; and command $__countersign_bash -p @DIRECTORY@/ask.bash tell $argv
end

# KIND TEXT DEFINITIONS: whether the window says at once that TEXT may run.
function __countersign_quick
    test -n "$__countersign_bash"; and command $__countersign_bash -p @DIRECTORY@/ask.bash ask $argv[1] $fish_pid "$argv[2]" "$argv[3]"
    test $status -eq 86
end

# KIND TEXT DEFINITIONS: asks with the terminal, tells what is held and why, and waits. True means run.
function __countersign_hold
    set -l text "$argv[2]"
    test -z "$argv[3]"; or set text "$argv[3]"\n"$text"
    if test (string length -- "$text") -gt 30000
        printf %s "$text" | command @DIRECTORY@/ask $argv[1] fish $fish_pid -
    else
        command @DIRECTORY@/ask $argv[1] fish $fish_pid "$text"
    end
    test $status -eq 86
end

if not status is-interactive
    # A `fish -c` or a script, asked about once, before anything of it runs.
    function __countersign_begin
        # A program's words are where the system keeps them, or what `ps` makes of them.
        set -l words (string split0 </proc/$fish_pid/cmdline 2>/dev/null)
        set -q words[1]; or set words (command ps -ww -o args= -p $fish_pid | string replace -r ' (-[A-Za-z]*c) ' ' $1\x1f' | string split -m 2 \x1f | string split -m 1 ' ')
        # What comes through standard input cannot be seen from here.
        set -q words[2]; or return 0
        set -l text "$words[3]"
        if test (count $words) -ne 3; or not contains -- $words[2] -c --command
            set text (string join ' ' -- fish (string escape -- $words[2..-1]))
        end
        __countersign_glance "$text"; and return 0
        set -l definitions (__countersign_definitions "$text" | string collect)
        __countersign_quick shell "$text" "$definitions"; or __countersign_hold shell "$text" "$definitions" </dev/null >&2
    end
    # `exit` would only leave this file.
    __countersign_begin; or exec /bin/sh -c 'exit 126'
    functions -e __countersign_begin
else
    source @DIRECTORY@/prompt.fish
end
