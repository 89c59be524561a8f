{ __countersign_last=$_
  # Functions come with the environment, under any name; in POSIX mode none stands before `unset`.
  if [[ $- != *i* && ! -o posix ]]; then
    __countersign_shopts=:${BASHOPTS-}: POSIXLY_CORRECT=1
    unset -f set unset return exit exec eval export readonly trap shift builtin command declare local shopt . source [
    unset -v POSIXLY_CORRECT
    [[ $__countersign_shopts == *:expand_aliases:* ]] && shopt -s expand_aliases || shopt -u expand_aliases
    [[ $__countersign_shopts == *:inherit_errexit:* ]] || shopt -u inherit_errexit
    unset -v __countersign_shopts
  fi
  # What is ours and there already cannot be unset: then this shell is guarded.
  unset -f __countersign_prompt || return 0
  __countersign_flags=$-; set +avx; } &>/dev/null # no trace of us
# Countersign's guard for bash >= 4.4, written anew by the extension: changes here are lost.
# BASH_ENV loads it into `bash -c` and scripts, PROMPT_COMMAND into the shells that a person types into.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  case $-${__countersign_told-} in
    *i*told) ;;
    *i*) __countersign_told=told
      echo "Countersign: bash $BASH_VERSION is too old to be guarded (4.4 or newer is needed), so commands typed here are not held." >&2 ;;
    *) . @DIRECTORY@/old.bash ;;
  esac
  __countersign_flags=${__countersign_flags//[!avx]/}
  [ -z "$__countersign_flags" ] || set "-$__countersign_flags"
  return 0
fi
# Their aliases must not become part of our functions.
! shopt -q expand_aliases || __countersign_flags+=@
shopt -u expand_aliases

# TEXT only looks: one program of the list, with plain arguments.
__countersign_glance() {
  [[ ${#1} -le 200 && $1 != *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\ ./,:@%+=-]* && $- != *k* ]] || return 1
  set -- "${1#"${1%%[! ]*}"}"
  set -- "${1%% *}"
  [[ -z $1 || " @GLANCE@ " == *" $1 "* && :$PATH: != *:[!/]* && :$PATH: != *::* ]] &&
    ! { builtin alias -- "$1" || builtin declare -F -- "$1"; } &>/dev/null
}

# Prints the aliases and functions of these names.
__countersign_define() {
  (($# == 0)) || { builtin alias -- "$@"; builtin declare -f -- "$@"; } 2>/dev/null
}

# KIND TEXT NAME…: whether the window says at once that TEXT may run. A new connection each time, so that no program
# that is started inherits one, and no late answer is taken for the next one.
__countersign_quick() {
  local - __cs_port __cs_token __cs_file=@DIRECTORY@/../windows/${COUNTERSIGN_WINDOW##*/}.quick
  __countersign_defined=()
  if [[ ! -r $__cs_file ]]; then
    # After a reload the window has another name.
    builtin set +f
    __cs_file=(@DIRECTORY@/../windows/*.quick)
    ((${#__cs_file[@]} == 1)) || return 1
  fi
  { IFS=' ' builtin read -r __cs_port __cs_token <"$__cs_file"; } 2>/dev/null || return 1
  [[ $__cs_port != *[!0-9]* ]] && { __countersign_talk "$@" 9<>"/dev/tcp/127.0.0.1/$__cs_port"; } 2>/dev/null
}

__countersign_talk() {
  local __cs_kind=$1 __cs_text=$2 __cs_answer __cs_round
  shift 2
  {
    builtin printf 'countersign 1 %s\0' "$__cs_token"
    [[ $__cs_kind != tell ]] || { builtin printf '%s\0' "$@"; return; }
    builtin printf 'ask\0%s\0%s\0%s\0%s\0%s\0' "$__cs_kind" "$BASH" "$$" "$PWD" "$__cs_text"
    __countersign_define "$@"
    builtin printf '\0'
    builtin export -p
    builtin printf '\0'
  } >&9
  for __cs_round in 0 1 2 3 4 5 6 7 8 9; do
    IFS= builtin read -r -t 1 -u 9 __cs_answer || return 1
    case $__cs_answer in
      run) return 0 ;;
      'say '*) __countersign_say="Countersign: ${__cs_answer#say }"$'\n' ;;
      'define '*)
        IFS=' ' builtin read -ra __cs_answer <<<"${__cs_answer#define }"
        __countersign_defined+=("${__cs_answer[@]}")
        { builtin printf 'definitions\0'; __countersign_define "${__cs_answer[@]}"; builtin printf '\0'; } >&9 ;;
      *) return 1 ;;
    esac
  done
  return 1
}

# The words of TEXT that could be names, in __countersign_names.
__countersign_split() {
  local - IFS=$' \t\n' || return 1
  builtin set -f
  __countersign_names=(${1//[!A-Za-z0-9_.:+@-]/ })
}

# KIND TEXT: asks with the terminal, tells what is held and why, and waits. True means run. All that the text can call
# goes with it, and what that can call, for here nobody asks for more.
__countersign_hold() {
  local __cs_name __cs_names __cs_all= __cs_more="$2 ${__countersign_defined[*]}"
  local -A __cs_seen=()
  while [[ -n $__cs_more ]]; do
    __countersign_split "$__cs_more"
    __cs_names=()
    for __cs_name in "${__countersign_names[@]}"; do
      [[ -n ${__cs_seen[$__cs_name]-} ]] || __cs_names+=("$__cs_name")
      __cs_seen[$__cs_name]=1
    done
    # Backquotes: see `__countersign_complete`.
    __cs_more=`__countersign_define "${__cs_names[@]}"`
    __cs_all+=${__cs_more:+$__cs_more$'\n'}
  done
  set -- "$1" "$__cs_all$2"
  if ((${#2} > 30000)); then
    builtin printf %s "$2" | builtin command @DIRECTORY@/ask "$1" "$BASH" "$$" -
  else
    builtin command @DIRECTORY@/ask "$1" "$BASH" "$$" "$2"
  fi
  (($? == 86))
}

# A shell that starts with its commands: they are judged once, before anything of them runs.
__countersign_begin() {
  local -
  set +eu
  set -- "${BASH_EXECUTION_STRING-}" "${*@Q}"
  case $__countersign_flags in
    *c*) [[ -z $2 ]] || set -- "bash -c ${1@Q} ${0@Q} $2" ;;
    *s*) set -- "bash -s $2" ;;
    *) set -- "bash ${0@Q} $2" ;;
  esac
  __countersign_glance "$1" && return
  # A window that goes away while it is told must not take the shell along.
  builtin trap '' PIPE
  __countersign_split "$1" && __countersign_quick shell "$1" "${__countersign_names[@]}"
  set -- "$?" "$1"
  builtin trap - PIPE
  (($1 == 0)) || __countersign_hold shell "$2" </dev/null >&2
}

# Leaves everything as it was, `$_` included, which is its argument.
__countersign_leave() {
  unset -f __countersign_begin __countersign_leave
  case $__countersign_flags in *@*) shopt -s expand_aliases ;; esac
  set -- "${__countersign_flags//[!avx]}"
  unset -v __countersign_flags __countersign_last
  [[ -z $1 ]] || set "-$1"
}

case $- in
  *i*) . @DIRECTORY@/prompt.bash ;;
  *)
    __countersign_begin "$@" || exit 126
    unset -f __countersign_glance __countersign_define __countersign_quick __countersign_talk __countersign_split __countersign_hold
    unset -v __countersign_names __countersign_defined __countersign_say
    [[ ! -r ${COUNTERSIGN_BASH_ENV-} || $COUNTERSIGN_BASH_ENV -ef ${BASH_SOURCE[0]} ]] || . "$COUNTERSIGN_BASH_ENV" ;;
esac
__countersign_leave "$__countersign_last"
