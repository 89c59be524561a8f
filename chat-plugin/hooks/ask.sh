# VS Code's agent mode runs this before each tool call, with the call as JSON on standard input. It takes exit code 2 for
# a no and every other fault for a warning: so whatever is not a clean answer of the hook becomes a 2 here.
"$HOME/.countersign/gate/hook" --from vscode/extension
case $? in
  0) exit 0 ;;
  2) exit 2 ;;
esac
echo 'Countersign could not judge this, so it was not done. Reload the editor window and try again.' >&2
exit 2
