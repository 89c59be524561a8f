#!@BASH@ -p
# Countersign's hook for AI assistants, written anew by the extension: changes here are lost.
#   hook --from ASSISTANT/SCOPE    one tool call as JSON on standard input
# Exit code 0 means no objection, 2 means no, with the reason. Every fault is a no. -p: nothing that the environment
# carries has a say in here. What comes in is not looked at here: it is handed over as it is.
gate=@DIRECTORY@
trap '' PIPE

# Nothing in these reasons needs to be escaped in JSON.
no() {
  printf '{"permissionDecision":"deny","permissionDecisionReason":"%s","decision":"block","reason":"%s","permission":"deny","user_message":"%s","agent_message":"%s","cancel":true,"errorMessage":"%s","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"%s"}}' "$1" "$1" "$1" "$1" "$1" "$1"
  printf '%s\n' "$1" >&2
  exit 2
}

# Some assistants open the pipe and never write. What has begun ends.
call=
IFS= read -r -t 5 -n 1 call || no 'Countersign was asked nothing, so this was not done.'
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 401)); then
  IFS= read -r -N 4194304 rest && no 'Countersign was asked about something too long to judge, so it was not done.'
else
  IFS= read -r -d '' rest && no 'Countersign was asked something that it cannot read, so it was not done.'
fi
call+=$rest

# Whether the call plainly only looks: a tool that does nothing else, or one program of the list with plain arguments. There
# is no escape in it, and what names the tool stands once and inside nothing, so no text of the assistant's can pass for it.
# Cut by lengths: bash looks for a prefix to take away by trying one after the other, which takes longer than all the rest.
glance() {
  local before=${call%%'"tool_name"'*} rest tool line
  [[ ${#call} -le 8000 && $call != *\\* && $call != *cursor_version* && $before == '{'* && ${before:1} != *[{[]* ]] && once '"tool_name"' || return 1
  rest=${call:${#before}}
  [[ $rest == '"tool_name":"'* ]] || return 1
  rest=${rest:13}
  tool=${rest%%'"'*}
  [[ " @LOOKS@ " != *" $tool "* ]] || return 0
  rest=${rest:${#tool}}
  [[ " Bash bash run_in_terminal run_shell_command " == *" $tool "* && $rest == '","tool_input":{"command":"'* ]] && once '"tool_input"' && once '"command"' || return 1
  rest=${rest:27}
  line=${rest%%'"'*}
  [[ ${#line} -le 200 && $line != *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\ ./,:@%+=-]* && " @GLANCE@ " == *" ${line%% *} "* && :$PATH: != *:[!/]* && :$PATH: != *::* ]]
}

once() {
  [[ $call != *"$1"*"$1"* ]]
}

! glance || exit 0

# One round trip to a window's broker, without starting a program. Everything but a clean "run" is asked the slow way.
quickly() {
  local entry port token
  for entry in "$gate/../windows/${COUNTERSIGN_WINDOW##*/}.quick" "$gate"/../windows/*.quick; do
    port= token=
    { IFS=' ' read -r port token <"$entry"; } 2>/dev/null || continue
    [[ -n $token && $port != *[!0-9]* ]] || continue
    { talk 9<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && return 0
    # A window that answered has answered; one that is gone has left its file.
    [[ -z $reached ]] || return 1
  done
  return 1
}

talk() {
  local answer
  reached=1
  { printf '%s\0' "countersign 1 $token" call "$$" "$PWD" "$call" && export -p && printf '\0'; } >&9 || return 1
  while IFS= read -r -t 1 -u 9 answer; do
    case $answer in
      run) return 0 ;;
      'print '*) print=${answer#print } ;;
      *) return 1 ;;
    esac
  done
  return 1
}

reached= print=
if ((${#call} < 262144)) && quickly; then
  printf %s "$print"
  exit 0
fi

if [[ ! -x @NODE@ || ! -f @CLI@ ]]; then
  no 'Countersign has moved or is gone, so this was not done. Reload the editor window; if Countersign was removed, take its hook out of the configuration of this assistant.'
fi
exec 8< <(printf %s "$call" | COUNTERSIGN_NODE_OPTIONS="${NODE_OPTIONS-}" ELECTRON_RUN_AS_NODE=1 NODE_OPTIONS='' exec @NODE@ @CLI@ hook --front "$@")
verdict= answer=
IFS= read -r -t 45 -u 8 verdict
[[ $verdict != wait ]] || IFS= read -r -t 585 -u 8 verdict
IFS= read -r -t 5 -u 8 answer
case $verdict in
  run)
    printf %s "$answer"
    exit 0 ;;
  no)
    printf %s "$answer"
    exit 2 ;;
esac
no 'Countersign could not judge this, so it was not done.'
