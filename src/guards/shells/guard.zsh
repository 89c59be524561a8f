# Countersign's guard for zsh >= 5.1, written anew by the extension: changes here are lost.
# zdotdir/.zshenv loads it, before any file of the user's. A `zsh -c` and a script are judged once, before anything of them
# runs; a shell that reads its lines one by one gets prompt.zsh as well.
zmodload zsh/parameter

typeset -ga __countersign_glances=(@GLANCE@)
# The list holds for the programs that were found when the shell began.
typeset -g __countersign_path=$PATH __countersign_window=${COUNTERSIGN_WINDOW-} __countersign_fd= __countersign_reply=
# What $ZDOTDIR shows.
typeset -g __countersign_shown_zdotdir=

# Whether TEXT only looks: words of the list, and no character that could make more of them.
__countersign_glance() {
  (( $#1 <= 200 )) && [[ $1 != *[^A-Za-z0-9_\ ./,:@%+=-]* && $PATH == $__countersign_path ]] || return 1
  local first=${1%% *}
  (( ! ${+functions[$first]} && ${__countersign_glances[(Ie)$first]} ))
}

# __countersign_reply: the functions and aliases of these names, as zsh would print them.
__countersign_define() {
  local name
  for name; do
    if (( ${+functions[$name]} )); then
      [[ $functions[$name] == 'builtin autoload -X'* ]] && builtin autoload +X -- $name 2>/dev/null
      __countersign_reply+="${(q)name} () {"$'\n'"$functions[$name]"$'\n}\n'
    fi
    (( ${+aliases[$name]} )) && __countersign_reply+="alias ${(q)name}=${(qq)aliases[$name]}"$'\n'
    (( ${+galiases[$name]} )) && __countersign_reply+="alias -g ${(q)name}=${(qq)galiases[$name]}"$'\n'
  done
}

# __countersign_reply: the definitions that TEXT may use. In a line that is about to run aliases are expanded already, so
# they count only where it reads more (ALIASES is 0).
__countersign_definitions() {
  local words=(${(u)=1//[^A-Za-z0-9_:.@+-]/ }) name
  (( $2 || ${words[(Ie)eval]} || ${words[(Ie)source]} )) && words+=(${(k)aliases} ${(k)galiases})
  __countersign_reply=
  for name in ${(u)words}; do [[ $name != *[^0-9]* || $1 != *"$name"* ]] || __countersign_define $name; done
  if (( $2 )); then
    for name in ${(k)saliases}; do __countersign_reply+="alias -s ${(q)name}=${(qq)saliases[$name]}"$'\n'; done
  fi
}

# __countersign_reply: what `export -p` says, without the fork that catching its output takes.
__countersign_environment() {
  local cs_name
  __countersign_reply=
  for cs_name in ${(k)parameters[(R)*export*]}; do __countersign_reply+="export $cs_name=${(qq)${(P)cs_name}}"$'\n'; done
}

# Sends records, each of its fields ended by NUL, on the connection that is kept; a new one begins with the greeting.
__countersign_tell() {
  local port token REPLY
  if [[ -z $__countersign_fd ]]; then
    [[ -n $__countersign_window ]] && zmodload zsh/net/tcp 2>/dev/null || return 1
    { IFS=' ' builtin read -r port token < @DIRECTORY@/../windows/${__countersign_window:t}.quick } 2>/dev/null
    [[ $port == <1-65535> ]] && ztcp 127.0.0.1 $port 2>/dev/null || return 1
    __countersign_fd=$REPLY
    set -- "countersign 1 $token" "$@"
  fi
  builtin print -rNu $__countersign_fd -- "$@" 2>/dev/null
}

__countersign_hang_up() {
  [[ -n $__countersign_fd ]] && ztcp -c $__countersign_fd 2>/dev/null
  __countersign_fd=
}

# Asks the window: KIND SHELL TEXT DEFINITIONS. True means run; anything but a clean answer in time does not.
__countersign_quick() {
  local cs_environment cs_answer cs_round
  [[ $3 != *$'\0'* ]] || return 1
  __countersign_environment
  cs_environment=$__countersign_reply
  for cs_round in first second; do
    __countersign_tell ask "$1" "$2" $$ "$PWD" "$3" "$4" "$cs_environment" && IFS= builtin read -r -t 1 -u $__countersign_fd cs_answer && break
    # The window may have been reloaded since the last line.
    __countersign_hang_up
  done
  for cs_round in {0..16}; do
    case $cs_answer in
      (run) return 0 ;;
      (ask) return 1 ;;
      (say\ *) builtin print -ru2 -- "Countersign: ${cs_answer#say }" ;;
      (define\ *)
        __countersign_reply=
        __countersign_define ${=cs_answer#define }
        __countersign_tell definitions "$__countersign_reply" ;;
      (*) break ;;
    esac
    IFS= builtin read -r -t 1 -u $__countersign_fd cs_answer || break
  done
  __countersign_hang_up
  return 1
}

# Holds KIND SHELL TEXT with the terminal until somebody has decided. True means run.
__countersign_hold() {
  local -i REPORTTIME=-1 REPORTMEMORY=-1
  if (( $#3 > 30000 )); then
    builtin print -rn -- $3 | command @DIRECTORY@/ask $1 $2 $$ -
  else
    command @DIRECTORY@/ask $1 $2 $$ "$3"
  fi
  (( $? == 86 ))
}

# Judges a shell that starts: SHELL TEXT.
__countersign_shell() {
  __countersign_definitions $2 1
  local cs_definitions=$__countersign_reply
  __countersign_quick shell "$1" "$2" "$cs_definitions" || __countersign_hold shell "$1" "$cs_definitions$2" < /dev/null >&2 || return
  __countersign_hang_up
}

# Called once the user's own .zshenv has been read, with the shell's arguments.
__countersign_start() {
  { emulate -L zsh && unsetopt xtrace verbose } 2>/dev/null
  if (( ${+ZSH_EXECUTION_STRING} || ${+ZSH_SCRIPT} )); then
    __countersign_begin "$@" || exit 126
    # A login shell reads more of the user's files.
    [[ -o login ]] || __countersign_keep_zdotdir
  else
    __countersign_arm_prompt
    # A start file may set the hooks anew: this comes after all of them.
    if [[ -o interactive ]] && zmodload zsh/sched 2>/dev/null; then sched +0 __countersign_precmd; fi
  fi
}

__countersign_begin() {
  local cs_fine= cs_text=${ZSH_EXECUTION_STRING-} cs_shell=zsh cs_first
  {
    if (( ${+ZSH_SCRIPT} )); then
      cs_text="zsh ${(j: :)${(qq)ZSH_SCRIPT}} ${(j: :)${(qq)@}}" cs_shell=sh
    elif (( $# )); then
      cs_text="zsh -c ${(qq)cs_text} ${(j: :)${(qq)@}}" cs_shell=sh
    else
      cs_first=${cs_text%%[[:space:]]*}
      (( ${+aliases[$cs_first]} || ${#galiases} )) || __countersign_glance "$cs_text" && cs_fine=1
    fi
    [[ -n $cs_fine ]] || __countersign_shell $cs_shell "$cs_text" && cs_fine=1
  } always {
    TRY_BLOCK_ERROR=0
  }
  [[ -n $cs_fine ]]
}

# What this shell starts has to find us, and this shell its user's directory: exported is a path to ours that begins
# with theirs, and zsh is told to show no more than that beginning.
__countersign_keep_zdotdir() {
  emulate -L zsh
  [[ -n $__countersign_shown_zdotdir && ${ZDOTDIR-} == $__countersign_shown_zdotdir ]] && return
  typeset -g +L ZDOTDIR 2>/dev/null
  if [[ -n ${ZDOTDIR-} && ${parameters[ZDOTDIR]} == *export* ]]; then
    export COUNTERSIGN_ZDOTDIR=$ZDOTDIR
  else
    unset COUNTERSIGN_ZDOTDIR
  fi
  local theirs=${${ZDOTDIR:-$HOME}%/} ours=@DIRECTORY@/zdotdir
  local long=$theirs/${(l:96::../:)}$ours
  __countersign_shown_zdotdir=$theirs
  [[ $theirs == /* && $long/.zshenv -ef $ours/.zshenv ]] && typeset -gx -L$#theirs ZDOTDIR=$long && [[ $ZDOTDIR == $theirs ]] && return
  typeset -g +L ZDOTDIR 2>/dev/null
  typeset -gx ZDOTDIR=$ours
  __countersign_shown_zdotdir=$ours
}

# Here, for what the user's files set must not change how it is read.
(( ${+ZSH_EXECUTION_STRING} || ${+ZSH_SCRIPT} )) || . @DIRECTORY@/prompt.zsh
