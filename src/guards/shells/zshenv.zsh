# Countersign's start file for zsh, written anew by the extension: changes here are lost. Your own files are read as ever.
# ZDOTDIR named this directory; from here on it says what it would say without us.
if [[ -n ${COUNTERSIGN_ZDOTDIR-} ]]; then
  export ZDOTDIR=$COUNTERSIGN_ZDOTDIR
elif (( ${+VSCODE_ZDOTDIR} )); then
  # VS Code's own start file calls this one and looks for the others in the ZDOTDIR that it leaves.
  ZDOTDIR=$HOME
else
  unset ZDOTDIR
fi
# Loaded before any file of the user's, so that no alias or option of theirs changes what is read here.
. @DIRECTORY@/guard.zsh
if [[ -o rcs && -r ${ZDOTDIR:-$HOME}/.zshenv && ! ${ZDOTDIR:-$HOME} -ef @DIRECTORY@/zdotdir ]]; then
  . "${ZDOTDIR:-$HOME}/.zshenv"
fi
__countersign_start "$@"
