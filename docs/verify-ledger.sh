#!/bin/sh
# Proves the ledger branch of a repository that uses Countersign, without Countersign: with git, sha256sum and ssh-keygen.
#   sh verify-ledger.sh [LEDGER [PROTECTED-BRANCH]]
# Run it in a clone. It shows that the branch is a chain to which files were only ever added, and that every entry was
# signed by a key that was on the list of allowed signers. "countersign ledger verify" also counts approvals.
set -eu
ledger=${1:-origin/countersign-ledger}
protected=${2:-origin/HEAD}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "NOT good: $1" >&2; exit 1; }

# 1. One commit follows the other, and none changes or removes anything.
[ -z "$(git rev-list --min-parents=2 "$ledger")" ] || fail 'the branch has merges'
[ "$(git rev-list --max-parents=0 "$ledger" | wc -l)" -eq 1 ] || fail 'the branch has two beginnings'
[ -z "$(git log --format= --name-only --no-renames --diff-filter=a "$ledger")" ] || fail 'entries were changed or removed'

# 2. Every commit adds a list of what it adds, which names the digest of the list before it.
git archive "$ledger" | tar -x -C "$work"
cd_work() { (cd "$work" && "$@"); }
commits=$(git rev-list --count "$ledger")
[ "$(find "$work/chain" -type f | wc -l)" -eq "$commits" ] || fail 'there is not one list for each commit'
cd_work sh -c 'cat chain/* | sha256sum --check --quiet --strict' || fail 'an entry is not what its list says'
cd_work sh -c 'cat chain/* | cut -c 67- | sort' > "$work.listed"
cd_work sh -c 'last=$(ls chain | tail -n 1); find . -type f ! -path "./chain/$last" | cut -c 3- | sort' > "$work.there"
same=yes; cmp -s "$work.listed" "$work.there" || same=no
rm -f "$work.listed" "$work.there"
[ $same = yes ] || fail 'there are entries that no list names'

# 3. Every entry is signed by somebody who was on the list of allowed signers at some time.
git log --first-parent --format=%H "$protected" -- .countersign/allowed_signers |
  while read -r commit; do git show "$commit:.countersign/allowed_signers"; done | sort -u > "$work/.signers"
b64() { tr '_-' '/+' | awk '{ while (length($0) % 4) $0 = $0 "="; print }' | base64 -d; }
count=0
for entry in "$work"/[0-9a-f][0-9a-f]/*/*; do
  text=$(cat "$entry")
  case $text in
    cs1.*) namespace=countersign-approval ;;
    csr1.*) namespace=countersign-request ;;
    *) namespace=countersign-record ;;
  esac
  rest=${text#*.}
  printf %s "${rest%%.*}" | b64 > "$work/.statement"
  { echo '-----BEGIN SSH SIGNATURE-----'; printf %s "${rest#*.}" | b64 | base64 -w 70; echo '-----END SSH SIGNATURE-----'; } > "$work/.sig"
  who=$(ssh-keygen -Y find-principals -f "$work/.signers" -s "$work/.sig" 2> /dev/null | head -n 1) || who=
  [ -n "$who" ] || fail "${entry#"$work"/} is signed by nobody on the list"
  ssh-keygen -Y verify -f "$work/.signers" -I "$who" -n $namespace -s "$work/.sig" < "$work/.statement" > /dev/null 2>&1 ||
    fail "${entry#"$work"/} is not signed as it says"
  count=$((count + 1))
done
echo "Good: $commits commits, $count signed events."
