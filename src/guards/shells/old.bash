# Countersign's guard for a bash before 4.4 that starts with its commands, such as that of macOS; written anew by the
# extension: changes here are lost. guard.bash loads it. It asks the slow way, in words that bash 3.2 knows.
__countersign_quote="'" __countersign_inner="'\\''" __countersign_text=
for __countersign_word in "$0" ${1+"$@"}; do
  __countersign_text="$__countersign_text '${__countersign_word//$__countersign_quote/$__countersign_inner}'"
done
__countersign_word=${BASH_EXECUTION_STRING-}
case $__countersign_flags$# in
  *c*0) __countersign_text=$__countersign_word ;;
  *c*) __countersign_text="bash -c '${__countersign_word//$__countersign_quote/$__countersign_inner}'$__countersign_text" ;;
  *s*) __countersign_text="bash -s$__countersign_text" ;;
  *) __countersign_text="bash$__countersign_text" ;;
esac
# Functions come with the environment; no file of the user's was read yet.
__countersign_word=$(builtin declare -f)
if builtin printf '%s' "${__countersign_word:+$__countersign_word
}$__countersign_text" | @DIRECTORY@/ask shell "$BASH" "$$" - >&2; then
  exit 126
elif (($? != 86)); then
  exit 126
fi
unset -v __countersign_quote __countersign_inner __countersign_text __countersign_word
[[ ! -r ${COUNTERSIGN_BASH_ENV-} || $COUNTERSIGN_BASH_ENV -ef @DIRECTORY@/guard.bash ]] || . "$COUNTERSIGN_BASH_ENV"
