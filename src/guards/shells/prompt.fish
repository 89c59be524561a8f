# Countersign's guard for lines in fish, written anew by the extension: changes here are lost.
# Enter is where a line can be held and given back. The event `fish_preexec` sees every line, whichever way it was
# accepted; there a line can be held as well, and kept from running only by starting the shell anew.

# VS Code's script keeps its nonce in a variable of a block, which is gone when its marks need it.
set -q VSCODE_NONCE; and set -g __vsc_nonce $VSCODE_NONCE
set -g __countersign_fish (status fish-path)
set -g __countersign_flags (status is-login; and echo -l)

# The start of a command, in one piece: between two VS Code would read the command from the screen again.
function __countersign_mark --argument-names text
    functions -q __vsc_escape_value; or return
    builtin printf '\e]633;E;%s;%s\a\e]633;C\a' (__vsc_escape_value "$text" | string join '\x0a') "$__vsc_nonce"
end

# The end of a line in a binding for Enter, with what the key did before: its commands, in order.
function __countersign_enter
    # The builtin `read` uses the same keys, and its lines are no commands.
    if test (status current-command) = fish
        __countersign_expand
        set -l text (commandline | string collect)
        set -e __countersign_passed
        if __countersign_is_complete
            __countersign_may_run "$text"; or return
            set -g __countersign_passed "$text"
        end
    end
    for command in $argv
        if test "$command" = execute
            commandline -f execute
        else if contains -- $command (bind --function-names)
            commandline -f $command
        else
            eval $command
        end
    end
end

# Enter makes a new line of an incomplete text, and says what is wrong with an invalid one.
function __countersign_is_complete
    string match -qr '^3\.[0-3]\.' $version; and return 0
    commandline --is-valid
end

# TEXT is at the prompt. True lets it run; otherwise it has been refused, and is still at the prompt.
function __countersign_may_run --argument-names text
    __countersign_glance "$text"; or test -z "$text"; and return 0
    set -l definitions (__countersign_definitions "$text" | string collect)
    __countersign_quick line "$text" "$definitions"; and return 0
    # Below all lines of the text begins what belongs to the command.
    set -l above (math (__countersign_rows (string sub -l (commandline --cursor) -- "$text" | string collect)) - 1)
    __countersign_newlines (math (__countersign_rows "$text") - $above)
    __countersign_mark "$text"
    if __countersign_hold line "$text" "$definitions"
        set -g __countersign_marked 1
        set -g __countersign_approved 1
        __countersign_newlines $above
        commandline -f repaint
        return 0
    end
    functions -q __vsc_escape_value; and builtin printf '\e]633;D;126\a'
    # Drawn again it begins as many rows higher as fish believes the cursor to be below the prompt.
    __countersign_newlines $above
    # Typed ahead: the next line begins already, and would be mixed with this one. Nobody edits what an assistant typed.
    string length -q -- "$AI_AGENT$COPILOT_AGENT"; or command bash -c 'read -t 0'; and commandline -r ''
    commandline -f repaint
    return 1
end

function __countersign_newlines --argument-names count
    test $count -lt 1; or printf (string repeat -n $count '\n')
end

# How many rows of the screen TEXT takes, at most, below a prompt that is not too long.
function __countersign_rows --argument-names text
    set -l rows 0
    for line in (string split \n -- "$text")
        set rows (math "$rows + 1 + floor(("(string length -- "$line")" + 20) / $COLUMNS)")
    end
    echo $rows
end

# What Enter would make of an abbreviation at the cursor has to be seen before it runs.
function __countersign_expand
    abbr --list | read -l any; or return
    set -l token (commandline -ct)
    test -n "$token"; and test "$token" = (commandline -t); or return
    for entry in (abbr --show | string match -- 'abbr -a *')
        echo $entry | read --tokenize --list --local words
        argparse -i 'a/add' 'position=' 'regex=' 'f/function=' 'set-cursor=?' g/global U/universal -- $words[2..-1] 2>/dev/null; or continue
        if set -q _flag_regex
            string match -qr "\A(?:$_flag_regex)\z" -- $token; or continue
        else if test "$argv[1]" != "$token"
            continue
        end
        test "$_flag_position" = anywhere; or test -z (commandline -cpo | string collect); or continue
        set -l expansion "$argv[2]"
        set -q _flag_function; and set expansion ($_flag_function $token | string collect)
        set -q _flag_set_cursor; or commandline -rt -- "$expansion"
        return
    end
end

# Every line comes by here. One that Enter has not judged is held now; refused, it ends with this shell.
function __countersign_preexec --on-event fish_preexec
    set -l passed "$__countersign_passed"
    set -e __countersign_passed
    set -l text (string join \n -- $argv | string collect)
    test "$passed" = "$text"; and return
    __countersign_glance "$text"; and return
    set -l definitions (__countersign_definitions "$text" | string collect)
    __countersign_quick line "$text" "$definitions"; or __countersign_hold line "$text" "$definitions"; and return
    echo 'Countersign: This line did not come by the Enter key, so the shell starts anew to keep it from running.' >&2
    # fish warns once about jobs that are left.
    exec $__countersign_fish $__countersign_flags
    exec $__countersign_fish $__countersign_flags
    kill -KILL $fish_pid
end

# What the user's files and modes set after this one is looked through before each prompt.
function __countersign_prompt --on-event fish_prompt
    __countersign_keys
    set -e __countersign_passed
    set -e __countersign_marked
    set -q __countersign_approved; and __countersign_tell prompt $fish_pid
    set -e __countersign_approved
    set -q __countersign_told; and return
    set -g __countersign_told 1
    __countersign_tell hello fish $fish_pid
    functions -q __vsc_escape_value; or return
    function __vsc_cmd_executed --on-event fish_preexec
        set -q __countersign_marked; or __countersign_mark "$argv"
        set -e __countersign_marked
        set --global _vsc_has_cmd
    end
    # A line that was held is drawn again below what was said about it: to the editor that is the command's output.
    for name in __vsc_fish_prompt_start __vsc_fish_cmd_start
        functions --copy $name __countersign$name
        eval "function $name; set -q __countersign_marked; or __countersign$name; end"
    end
end

# Puts our check before whatever Enter does in every mode, and before every other key that runs the line.
function __countersign_keys
    set -l bindings (bind | string collect)
    test "$bindings" != "$__countersign_bindings"; or return
    set -l lines (bind | string match -r '^bind .*(?:execute|\\\\[rn] .*|enter .*|ctrl-j .*)$')
    set -l done
    for line in (string match -v '*--preset*' -- $lines) (string match '*--preset*' -- $lines)
        string match -qr '^bind (?:--preset )?(?:-M (?<mode>\S+) )?(?:-m (?<next>\S+) )?(?<key>(?:-k )?\S+) (?<rest>.*)$' -- $line; or continue
        test "$rest" = execute; or contains -- $key \\r \\n enter ctrl-j; or continue
        contains -- "$mode $key" $done; and continue
        set -a done "$mode $key"
        # Bracketed paste has a mode in which Enter is a character.
        test "$mode" != paste; and not string match -q '*__countersign_enter*' -- "$rest"; or continue
        set -l modes -M (test -n "$mode"; and echo $mode; or echo default)
        test -z "$next"; or set -a modes -m $next
        eval bind $modes $key (string escape -- "__countersign_enter $rest")
    end
    set -g __countersign_bindings (bind | string collect)
end
