# Countersign's guard for a bash that somebody types into, written anew by the extension: changes here are lost.
# Enter sees the whole line as typed and asks the window. A line that is not plainly fine is accepted all the same and
# held by PS0, which bash expands when a command is complete and has not begun, in the output's place on the screen:
# the line runs as it stands or, with an interrupt, not at all. Lines that come by another way meet PS0 and a DEBUG trap.
# Everything starts from "not judged": what fails on the way is asked again or does not run.
# __countersign_state: 0 at the prompt, 1 a line was accepted, 2 a command runs.
# __countersign_ok: 1 what runs now was judged; anything else is a no, and PS0 asks while it is unset.
__countersign_state=0 __countersign_each=0 __countersign_held=0 __countersign_denied=0 __countersign_left=0 __countersign_whole=1
__countersign_prompting=1 __countersign_traced=0 __countersign_asked=0 __countersign_status=0
__countersign_text= __countersign_back= __countersign_user= __countersign_chain= __countersign_keys= __countersign_say= __countersign_seen= __countersign_unsure=0 __countersign_promptvars= __countersign_again=
__countersign_path=$PATH __countersign_histcmd=$HISTCMD __countersign_names=() __countersign_defined=() __countersign_vsc=
unset -v __countersign_ok __countersign_before
__countersign_boot='eval "${__countersign_rest-[[ ! -r $COUNTERSIGN_GATE/guard.bash ]] || . \"$COUNTERSIGN_GATE/guard.bash\"}"'
__countersign_loop=$'builtin eval "$__countersign_user"\n[[ -n $__countersign_seen ]] || __countersign_take_trap "$(builtin trap -p DEBUG)"\n__countersign_arm\n__countersign_prompt || __countersign_trace'
__countersign_ps0='${BASH_VERSION:0:0*(__countersign_state=2,__countersign_ok=0${__countersign_ok-$(__countersign_check)})}${__countersign_say-}'

# Enter. $1 is the line; the last argument is $_, which stays what it was. False: what runs next is to be traced.
__countersign_enter() {
  [[ $- != *a* ]] || builtin export -n "${!__countersign_@}"
  local -
  builtin set +aeux
  __countersign_prompting=0
  # A command runs, and this is its own `read -e`.
  ((__countersign_state == 2)) && [[ $PROMPT_COMMAND == "$__countersign_boot" ]] && return
  [[ $PROMPT_COMMAND == "$__countersign_boot" ]] || __countersign_adopt
  ((__countersign_state == 1 && !__countersign_whole)) || __countersign_text=
  if ! shopt -q promptvars; then
    __countersign_promptvars=off
    shopt -s promptvars
  fi
  unset -v __countersign_ok
  __countersign_each=0 __countersign_held=0 __countersign_asked=0 __countersign_say=
  __countersign_left=${1//[!$'\n']} __countersign_left=${#__countersign_left}
  if [[ -z $__countersign_text && $PATH == "$__countersign_path" ]] && __countersign_glance "$1"; then
    __countersign_ok=1 __countersign_state=1 __countersign_whole=1
    [[ -z $__countersign_keys ]] || __countersign_then ''
    return 0
  fi
  __countersign_expand "$1" || return 0
  __countersign_text+=${__countersign_text:+$'\n'}$1
  __countersign_whole=0
  ((__countersign_left == 0)) || ! __countersign_complete || __countersign_whole=1
  if ((!__countersign_unsure)); then
    __countersign_state=1 __countersign_asked=1
    [[ $1 != *PIPE* ]] || __countersign_pipe=theirs
    [[ -n $__countersign_pipe ]] || builtin trap '' PIPE
    __countersign_split "$__countersign_text" && __countersign_quick line "$__countersign_text" "${__countersign_names[@]}" && __countersign_ok=1
    [[ -n $__countersign_pipe ]] || builtin trap - PIPE
    if [[ ${__countersign_ok-} == 1 ]]; then
      [[ -z $__countersign_keys ]] || __countersign_then ''
      # What `fc` takes from the history or an editor was never in the line.
      [[ " ${__countersign_names[*]} " == *' fc '* ]] && __countersign_each=1
      return "$__countersign_each"
    fi
  fi
  if [[ ${PS0-} != *"$__countersign_ps0"* ]]; then
    # Now it would be too late: bash holds on to the old one since the prompt. An empty line brings a new prompt.
    __countersign_back=$1 __countersign_again=1 __countersign_state=0 READLINE_LINE=
    __countersign_then '\C-x\C-_3\C-x\C-_4\C-x\C-_1\C-x\C-_2'
    return 0
  fi
  if [[ -n `builtin trap -p INT` ]] && __countersign_complete; then
    __countersign_keep "$1"
    return 0
  fi
  __countersign_held=1
  __countersign_then '\C-x\C-_3\C-x\C-_4'
  __countersign_rest=$'__countersign_settle\n'$__countersign_loop
  [[ ${__vsc_in_command_execution-} != 0 ]] || __vsc_current_command=$1
  return 1
}

# When an interrupt is trapped it cannot end a line: then the line is held before it is accepted, or stays where it is.
__countersign_keep() {
  builtin printf '\n' >&2
  if { ((!__countersign_asked)) && __countersign_quick line "$__countersign_text" "${__countersign_names[@]}"; } || __countersign_hold line "$__countersign_text" >&2; then
    __countersign_ok=1 __countersign_held=1
    __countersign_then ''
  else
    __countersign_text=${__countersign_text%"$1"} __countersign_text=${__countersign_text%$'\n'}
    [[ -n $__countersign_text ]] || __countersign_state=0 __countersign_whole=1
    __countersign_then '\C-x\C-_7'
  fi
}

# bash expands `!!` after Enter. It is made to do so before, in the line, until nothing changes any more; a line that
# still holds such a character may come to nothing, so only PS0 can tell that it runs. False: expand first.
__countersign_expand() {
  local __cs_chars=${histchars-!^}
  __countersign_unsure=0
  if [[ $- == *H* && ( $1 == *"${__cs_chars:0:1}"* || -n ${__cs_chars:1:1} && $1 == "${__cs_chars:1:1}"* ) ]]; then
    if [[ ${__countersign_before+set} && $1 == "$__countersign_before" ]]; then
      __countersign_unsure=1
      unset -v __countersign_before
      return 0
    elif [[ ! ${__countersign_before+set} ]] || ! shopt -q histverify; then
      __countersign_before=$1
      __countersign_then '\C-x\C-_6\C-x\C-_1\C-x\C-_2'
      return 1
    fi
  fi
  if [[ ${__countersign_before+set} ]] && shopt -q histverify; then
    unset -v __countersign_before
    __countersign_then '\C-x\C-_7'
    return 1
  fi
  unset -v __countersign_before
}

# Whether bash would run the text as it is, and not read on. Backquotes wherever Enter leads: when bash 5.2 reads on
# within quotes and a key makes it expand `$( )`, it loses its place in what was typed and overwrites its own memory.
__countersign_complete() {
  [[ $__countersign_text != *\\ && -z `BASH_ENV= "$BASH" -n <<<"$__countersign_text" 2>&1` ]]
}

# What follows Enter's own key: these keys, or plainly to accept the line.
__countersign_then() {
  local __cs_map
  __countersign_keys=$1
  for __cs_map in emacs vi-insert vi-command; do
    if [[ -n $1 ]]; then
      builtin bind -m "$__cs_map" '"\C-x\C-_2": "'"$1"'"' '"\C-x\C-_5": "'"$1"'"'
    else
      builtin bind -m "$__cs_map" '"\C-x\C-_2": accept-line' '"\C-x\C-_5": operate-and-get-next'
    fi
  done 2>/dev/null
}

__countersign_trace() {
  [[ $- == *T* ]] || __countersign_traced=1
  builtin set -T
}

__countersign_untrace() {
  ((!__countersign_traced)) || builtin set +T
  __countersign_traced=0
}

# In PS0's subshell: prints 1 to let the command run. Anything else, with an interrupt, ends the line.
__countersign_check() {
  builtin set +aeuxT
  if ((__countersign_state == 0 && !__countersign_unsure)); then
    # It did not come by Enter.
    if [[ $HISTCMD != "$__countersign_histcmd" ]]; then
      __countersign_text=$(HISTTIMEFORMAT= builtin history 1)
      __countersign_text=${__countersign_text#*[0-9][* ] }
    elif [[ :$SHELLOPTS: != *:emacs:* && :$SHELLOPTS: != *:vi:* ]]; then
      # Nobody can see it whole: each command is judged as it is met.
      builtin printf '1,__countersign_each=1'
      return
    else
      builtin printf '\nCountersign: This key sent a line that cannot be seen. Press Enter to run it. Nothing was run.\n' >&2
      __countersign_end
      return
    fi
  fi
  if ((!__countersign_asked)) && __countersign_split "$__countersign_text" && __countersign_quick line "$__countersign_text" "${__countersign_names[@]}"; then
    builtin printf 1
    return
  fi
  if [[ ${__vsc_in_command_execution-} == 0 ]] && builtin declare -F __vsc_escape_value >/dev/null; then
    # Both marks in one write: between two VS Code reads the command off the screen again.
    builtin printf '\e]633;E;%s;%s\a\e]633;C\a' "$(__vsc_escape_value "$__countersign_text")" "${__vsc_nonce-}" >&2
    __countersign_vsc=',__vsc_in_command_execution=1'
  fi
  # The client has the terminal and its Ctrl+C for itself.
  builtin trap '' TSTP
  builtin set -m
  if __countersign_hold line "$__countersign_text" >&2; then
    builtin printf '1%s' "$__countersign_vsc"
  else
    __countersign_end
  fi
}

__countersign_end() {
  builtin printf '0%s' "$__countersign_vsc"
  builtin trap - INT
  builtin kill -INT "$$" "$BASHPID"
}

# DEBUG trap. $1 is $_.
__countersign_debug() {
  local __cs_status=$?
  # bash-preexec calls the trap that it found.
  [[ -z ${__countersign_calling-} ]] || return 0
  [[ -z $__countersign_chain && ${__countersign_ok-}$__countersign_traced$__countersign_each$__countersign_denied == 1000 && $BASH_COMMAND != "$__countersign_boot" && $PROMPT_COMMAND == "$__countersign_boot" ]] && return 0
  case $BASH_COMMAND in
    "$__countersign_boot")
      ((!__countersign_traced)) || __countersign_untrace
      __countersign_prompting=1 __countersign_seen=1 __countersign_status=$__cs_status
      return 0 ;;
    __countersign_* | '[[ -n $__countersign_seen ]]' | 'builtin eval "$__countersign_user"') return 0 ;;
    # C-x C-e: what comes out of the editor was never seen.
    'fc -e "${VISUAL'*) __countersign_prompting=0 ;;
  esac
  [[ ${FUNCNAME[1]-} != __countersign_* ]] || return 0
  [[ -z $__countersign_chain ]] || __countersign_theirs "$1"
  ((!__countersign_prompting)) || return 0
  ((!__countersign_denied)) || return 1
  if [[ ${__countersign_ok-} == 1 && $PROMPT_COMMAND == "$__countersign_boot" ]] && ((!__countersign_each)); then
    ((!__countersign_traced)) || __countersign_untrace
    return 0
  fi
  if ((__countersign_state == 2 && __countersign_held)) && [[ ${__countersign_ok-} != 1 ]]; then return 1; fi
  case $BASH_COMMAND in
    fc | 'fc '*)
      __countersign_each=1
      __countersign_trace
      return 0 ;;
  esac
  __countersign_glance "$BASH_COMMAND" && return 0
  { __countersign_split "$BASH_COMMAND" && __countersign_quick line "$BASH_COMMAND" "${__countersign_names[@]}"; } && return 0
  __countersign_hold line "$BASH_COMMAND" >&2 && return 0
  # Neither is what follows in the list.
  __countersign_denied=1 __countersign_rest=$'__countersign_settle\n'$__countersign_loop
  ((!BASH_SUBSHELL)) || builtin kill -INT "$$"
  return 1
}

# Their own trap. What it finds in PROMPT_COMMAND is what they put there.
__countersign_theirs() {
  local PROMPT_COMMAND=$__countersign_user __countersign_calling=1
  __countersign_give "$1"
  builtin eval "$__countersign_chain"
}

__countersign_give() {
  return "${__cs_status:-$__countersign_status}"
}

# The status of a line that was refused, for all who look at it from the prompt.
__countersign_settle() {
  __countersign_status=$?
  ((__countersign_denied)) || { ((__countersign_held && __countersign_state == 2)) && [[ ${__countersign_ok-} != 1 ]]; } && __countersign_status=126
  return "$__countersign_status"
}

# The end of PROMPT_COMMAND.
__countersign_prompt() {
  # With `set -a` a nested shell would take what is ours for its own.
  [[ $- != *a* ]] || builtin export -n "${!__countersign_@}"
  local -
  builtin set +aeux
  if ((__countersign_denied)); then
    __countersign_left=0
  elif ((__countersign_held && __countersign_state == 2)); then
    if [[ ${__countersign_ok-} == 1 ]]; then __countersign_quick tell '' prompt "$$"
    else __countersign_back=$__countersign_text __countersign_left=0
    fi
  fi
  if ((__countersign_left > 0)); then
    # More lines of what was pasted come before the next Enter.
    ((__countersign_left--))
    __countersign_state=1
  else
    unset -v __countersign_ok
    __countersign_state=0 __countersign_whole=1 __countersign_held=0 __countersign_each=0 __countersign_denied=0
    __countersign_rest=$__countersign_loop
  fi
  case $__countersign_text in *bind*) __countersign_bind ;; esac
  [[ -z $__countersign_promptvars ]] || shopt -u promptvars
  __countersign_promptvars= __countersign_say= __countersign_seen= __countersign_unsure=0 __countersign_asked=0 __countersign_histcmd=$HISTCMD __countersign_prompting=0
  # Without an editor no line goes through Enter, and no completion runs either.
  [[ :$SHELLOPTS: == *:emacs:* || :$SHELLOPTS: == *:vi:* ]]
}

# What lets PS0 and the DEBUG trap say no. PS0 must not change later: bash holds on to what it was at the prompt.
__countersign_arm() {
  [[ ${PS0-} == *"$__countersign_ps0"* ]] || PS0+=$__countersign_ps0
  shopt -q extdebug && return
  case $- in
    *E*T*) shopt -s extdebug ;;
    *E*) shopt -s extdebug; set +T ;;
    *T*) shopt -s extdebug; set +E ;;
    *) shopt -s extdebug; set +ET ;;
  esac
}

# Puts a refused line back to be edited, unless somebody has typed on. $1 is $_. Nobody edits what an assistant typed,
# and its editor would take all that stands before the line on the screen for its echo.
__countersign_restore() {
  local LC_ALL=C
  if [[ -n $__countersign_back && -z $READLINE_LINE && ( -n $__countersign_again || -z ${AI_AGENT-}${COPILOT_AGENT-} ) ]] && { [[ -n $__countersign_again ]] || ! builtin read -t 0; }; then
    READLINE_LINE=$__countersign_back
    READLINE_POINT=${#READLINE_LINE}
  fi
  __countersign_back= __countersign_again=
  __countersign_then ''
}

# Makes PROMPT_COMMAND ours and keeps what it was for the user.
__countersign_adopt() {
  local __cs_entry __cs_before=$__countersign_user __cs_entries=("${PROMPT_COMMAND[@]}")
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)) || __cs_entries=("${PROMPT_COMMAND-}")
  __countersign_user=
  for __cs_entry in "${__cs_entries[@]}"; do
    __cs_entry=${__cs_entry//"$__countersign_boot"/"${__cs_before:-:}"}
    __cs_entry=${__cs_entry//'. "$COUNTERSIGN_GATE/guard.bash"'/:}
    # This has its place in the first prompt only, which is being made now.
    [[ -z ${__bp_install_string-} ]] || __cs_entry=${__cs_entry//"$__bp_install_string"/:}
    [[ -z $__cs_entry || $__cs_entry == : ]] || __countersign_user+=${__countersign_user:+$'\n__countersign_give\n'}$__cs_entry
  done
  # VS Code keeps what it found, which was our loader.
  [[ ${__vsc_original_prompt_command-} != '. "$COUNTERSIGN_GATE/guard.bash"' ]] || __vsc_original_prompt_command=
  __countersign_rest=$__countersign_loop
  unset -v PROMPT_COMMAND
  PROMPT_COMMAND=$__countersign_boot
  builtin export PROMPT_COMMAND
}

# Puts our trap in front of the one that is there, given as `trap -p` prints it.
__countersign_take_trap() {
  local -a __cs_words
  builtin eval "__cs_words=($1)"
  if builtin declare -F __vsc_preexec_all >/dev/null; then __countersign_chain='__vsc_preexec_all "$_"'
  elif builtin declare -F __bp_preexec_invoke_exec >/dev/null; then __countersign_chain='__bp_preexec_invoke_exec "$_"'
  elif builtin declare -F __vsc_preexec_only >/dev/null; then __countersign_chain='__vsc_preexec_only "$_"'
  fi
  [[ -z ${__cs_words[2]-} || ${__cs_words[2]} == '__countersign_debug "$_"' ]] || __countersign_chain=${__cs_words[2]}
  builtin trap '__countersign_debug "$_"' DEBUG
}

__countersign_bind() {
  local __cs_map __cs_key __cs_rest __cs_macros
  for __cs_map in emacs vi-insert vi-command; do
    __cs_macros=$(builtin bind -m "$__cs_map" -s)
    builtin bind -m "$__cs_map" -x '"\C-x\C-_1": __countersign_enter "$READLINE_LINE" "$_" || __countersign_trace "$_"'
    builtin bind -m "$__cs_map" -x '"\C-x\C-_4": __countersign_restore "$_"'
    builtin bind -m "$__cs_map" '"\C-x\C-_3": accept-line' '"\C-x\C-_6": history-expand-line' '"\C-x\C-_7": redraw-current-line'
    # A key that is a macro of theirs ends in another key, which is ours.
    for __cs_key in '\C-m' '\C-j'; do
      [[ $__cs_macros == *"\"$__cs_key\": "* ]] || builtin bind -m "$__cs_map" "\"$__cs_key\": \"\\C-x\\C-_1\\C-x\\C-_2\""
    done
    __cs_rest=$(builtin bind -m "$__cs_map" -q accept-line)
    while [[ $__cs_rest =~ '"'(([^\\\"]|\\.)+)'"'(.*) ]]; do
      __cs_rest=${BASH_REMATCH[3]} __cs_key=${BASH_REMATCH[1]}
      [[ $__cs_key == '\C-x\C-_'* ]] || builtin bind -m "$__cs_map" "\"$__cs_key\": \"\\C-x\\C-_1\\C-x\\C-_2\""
    done
  done 2>/dev/null
  builtin bind -m emacs '"\C-o": "\C-x\C-_1\C-x\C-_5"'
  __countersign_then ''
}

__countersign_adopt
__countersign_bind
__countersign_take_trap "$(builtin trap -p DEBUG)"
__countersign_arm
__countersign_pipe=$(builtin trap -p PIPE)
builtin readonly -f __countersign_glance __countersign_define __countersign_quick __countersign_talk __countersign_split __countersign_hold \
  __countersign_enter __countersign_expand __countersign_complete __countersign_then __countersign_trace __countersign_untrace __countersign_check \
  __countersign_end __countersign_debug __countersign_theirs __countersign_give __countersign_settle __countersign_prompt __countersign_arm __countersign_keep __countersign_restore __countersign_adopt \
  __countersign_take_trap __countersign_bind
__countersign_quick tell '' hello "$BASH" "$$"
