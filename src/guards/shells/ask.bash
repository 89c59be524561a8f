# Countersign's quick question for fish, which has no sockets; written anew by the extension: changes here are lost.
#   bash -p ask.bash ask KIND PID TEXT DEFINITIONS    status 86 means that the window says run
#   bash -p ask.bash tell FIELD…                      says something that has no answer
# -p: nothing that the environment carries has a say in here.
{ IFS=' ' read -r port token <@DIRECTORY@/../windows/"${COUNTERSIGN_WINDOW##*/}.quick"; } 2>/dev/null || exit 1
[[ $port != *[!0-9]* ]] && { exec 9<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || exit 1
trap '' PIPE

# The environment in the quotes of fish, where a backslash counts inside them.
environment() {
  local entry name
  if [[ -r /proc/$$/environ ]]; then
    while IFS= read -r -d '' entry; do variable "${entry%%=*}" "${entry#*=}"; done </proc/$$/environ
  else
    while read -r name; do variable "$name" "${!name}"; done < <(compgen -e)
  fi
}

variable() {
  [[ $1 != _ && $1 != *[!A-Za-z0-9_]* ]] || return 0
  local value=${2//\\/\\\\}
  printf "export %s='%s'\n" "$1" "${value//\'/\\\'}"
}

if [[ $1 == tell ]]; then
  shift
  printf '%s\0' "countersign 1 $token" "$@" >&9
  exit
fi
{ printf '%s\0' "countersign 1 $token" ask "$2" fish "$3" "$PWD" "$4" "$5" && environment && printf '\0'; } >&9 2>/dev/null || exit 1
while IFS= read -r -t 1 -u 9 answer; do
  case $answer in
    run) exit 86 ;;
    'say '*) printf 'Countersign: %s\n' "${answer#say }" >&2 ;;
    # All that fish knows has come along.
    'define '*) printf 'definitions\0\0' >&9 || exit 1 ;;
    *) exit 1 ;;
  esac
done
exit 1
