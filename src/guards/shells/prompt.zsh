# Countersign's guard for lines in zsh, written anew by the extension: changes here are lost. guard.zsh loads it.
# A line is judged between parsing and running, as zsh itself understood it: history and aliases expanded, a loop or a
# here-document complete. That is in the function `preexec`, which zsh calls before every other hook: an error in an
# earlier one would make it skip ours. What is not plainly fine is held by a DEBUG trap, which comes after all hooks, so
# that the editor has marked where the command's output begins, and which alone can end a line with a status.
# What the trap does: `hold` judges the line, `each` every command of it. Then the line, with definitions and as typed.
typeset -g __countersign_mode= __countersign_text= __countersign_typed=
typeset -g __countersign_armed= __countersign_early= __countersign_their_function= __countersign_their_trap=
# A refused line on its way back to the prompt; whether a line was approved.
typeset -g __countersign_back= __countersign_approved=

# In the place of the function `preexec`. Not under our own options, for what it calls is the user's.
__countersign_wrap() {
  __countersign_early=
  [[ -o debug_before_cmd ]] || __countersign_early=1
  __countersign_preexec "$@" || builtin kill -INT $$
  (( ! ${+functions[__countersign_their_preexec]} )) || __countersign_their_preexec "$@"
}

__countersign_arm_prompt() {
  local wrapper='__countersign_wrap "$@"'
  if [[ ${functions[preexec]-} != *$wrapper* ]]; then
    (( ! ${+functions[__countersign_their_preexec]} )) || builtin unfunction __countersign_their_preexec
    if (( ${+functions[preexec]} )); then
      builtin functions -c preexec __countersign_their_preexec 2>/dev/null || functions[__countersign_their_preexec]=$functions[preexec]
    fi
    functions[preexec]=$wrapper
  fi
  [[ " ${precmd_functions-} " == *' __countersign_precmd '* ]] || precmd_functions=(__countersign_precmd ${precmd_functions-})
}

# zsh gives a line as typed, shortened, and as it understood it; the last one is what runs.
__countersign_preexec() {
  { emulate -L zsh && unsetopt xtrace verbose } 2>/dev/null
  local cs_fine=
  __countersign_mode=hold __countersign_text=$3 __countersign_typed=${1:-$3}
  {
    if __countersign_glance $3; then
      cs_fine=1
    else
      __countersign_definitions $3 0
      __countersign_text=$__countersign_reply$3
      if __countersign_quick line zsh "$3" "$__countersign_reply"; then
        # Lines that these take from the history never come by here: each command is judged as it is met.
        [[ " ${3//[^A-Za-z0-9_.-]/ } " == *' '(fc|r)' '* ]] && __countersign_mode=each || cs_fine=1
      fi
    fi
  } always {
    TRY_BLOCK_ERROR=0
    [[ -n $cs_fine ]] || __countersign_arm
  }
  [[ -n $cs_fine || -n $__countersign_armed ]]
}

# From here on nothing runs unless the trap lets it.
__countersign_arm() {
  emulate -L zsh
  # What is set here has to outlive this function.
  unsetopt local_traps
  if [[ ! -o interactive ]]; then
    __countersign_hold shell zsh "$__countersign_text" < /dev/null >&2 && cs_fine=1 || exit 126
  elif [[ -n $__countersign_early ]]; then
    # Their option lets the trap come too late. Failing here ends the line as well, though without a status.
    __countersign_at_command && cs_fine=1
  else
    local traps=$'\n'"$(builtin trap)" text
    text=${traps%% DEBUG(|$'\n'*)}
    __countersign_their_trap=
    [[ $text == $traps ]] || __countersign_their_trap=${(Q)text##*$'\n'trap -- }
    __countersign_their_function=${functions[TRAPDEBUG]-}
    __countersign_armed=1
    builtin trap '(( ${+funcstack[-1]} )) || __countersign_at_command || { builtin setopt err_exit; return 126 }' DEBUG
  fi
}

__countersign_disarm() {
  emulate -L zsh
  unsetopt local_traps
  [[ -n $__countersign_armed ]] || return 0
  __countersign_armed=
  builtin trap - DEBUG
  [[ -z $__countersign_their_function ]] || functions[TRAPDEBUG]=$__countersign_their_function
  [[ -z $__countersign_their_trap ]] || builtin trap -- $__countersign_their_trap DEBUG
}

# The trap, before each command of an armed line. True lets it run.
__countersign_at_command() {
  { emulate -L zsh && unsetopt xtrace verbose } 2>/dev/null
  local cs_fine= cs_text=$__countersign_text cs_definitions
  {
    case $__countersign_mode in
      (hold)
        __countersign_hold line zsh "$cs_text" && cs_fine=1 __countersign_approved=1 ;;
      (each)
        cs_text=$ZSH_DEBUG_CMD
        __countersign_definitions $cs_text 0
        cs_definitions=$__countersign_reply
        __countersign_quick line zsh "$cs_text" "$cs_definitions" || __countersign_hold line zsh "$cs_definitions$cs_text"
        (( $? )) || cs_fine=1 ;;
    esac
  } always {
    TRY_BLOCK_ERROR=0 TRY_BLOCK_INTERRUPT=0
    [[ -n $cs_fine && $__countersign_mode == each ]] || __countersign_disarm
    [[ -n $cs_fine ]] || __countersign_refused
  }
  [[ -n $cs_fine ]]
}

# What was typed comes back with the next prompt.
__countersign_refused() {
  __countersign_back=$__countersign_typed
  # Nobody edits what an assistant typed, and its editor would take all that stands before the line for its echo.
  [[ -o zle && -z ${AI_AGENT-}${COPILOT_AGENT-} ]] && autoload -Uz add-zle-hook-widget 2>/dev/null && add-zle-hook-widget line-init __countersign_line_init 2>/dev/null
}

__countersign_line_init() {
  { emulate -L zsh && unsetopt xtrace verbose } 2>/dev/null
  # Typed ahead: the next line begins already, and would be mixed with this one.
  (( PENDING + KEYS_QUEUED_COUNT )) || [[ -n $BUFFER || $CONTEXT != start ]] || BUFFER=$__countersign_back CURSOR=$#__countersign_back
  add-zle-hook-widget -d line-init __countersign_line_init
}

__countersign_precmd() {
  { emulate -L zsh && unsetopt xtrace verbose } 2>/dev/null
  {
    __countersign_disarm
    __countersign_arm_prompt
    [[ -z $__countersign_approved ]] || __countersign_tell prompt $$
    [[ -n $__countersign_fd ]] || __countersign_tell hello zsh $$
    __countersign_approved=
    __countersign_keep_zdotdir
  } always {
    TRY_BLOCK_ERROR=0
  }
}
