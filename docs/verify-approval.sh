#!/bin/sh
# Checks one approval of one request with nothing but sh, ssh-keygen (8.9 or newer), base64, awk, grep and sha256sum.
#
#   verify-approval.sh SIGNERS REQUEST TOKEN APPROVERS [COMMIT [COMMAND]]
#
#   SIGNERS    the list of allowed signers, from the protected branch:
#              git show origin/main:.countersign/allowed_signers > signers
#   REQUEST    the text that begins with csr1.
#   TOKEN      the text that begins with cs1.
#   APPROVERS  the principals whose signature you accept, separated by blanks
#   COMMIT     the full id of the commit that must have been approved
#   COMMAND    the command line that must have been approved
#
# PRESENCE=touch accepts security keys and passkeys only, PRESENCE=pin only those that asked for a PIN. A security key
# that nobody touched is refused in any case. Exit codes: 0 good, 4 refused, 2 wrong usage.
#
# It does not read the policy and does not use the approval up: it looks at one approval, as any auditor can.
set -eu
LC_ALL=C
export LC_ALL
[ $# -ge 4 ] && [ $# -le 6 ] || { sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0" >&2; exit 2; }
signers=$1 request=$2 token=$3 approvers=$4 commit=${5-} command=${6-}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
refuse() { printf '%s\n' "Refused: $1" >&2; exit 4; }

# base64url without padding, as it stands in both texts; other characters are refused, and so is another spelling.
decode() {
  case $1 in '' | *[!A-Za-z0-9_-]*) return 1 ;; esac
  printf '%s' "$1" | tr '_-' '/+' | awk '{ while (length($0) % 4) $0 = $0 "="; print }' | base64 -d > "$2" 2>/dev/null || return 1
  [ "$(base64 < "$2" | tr -d '\n=' | tr '/+' '_-')" = "$1" ]
}
# Splits a text after its prefix into what was signed and its signature, and puts the signature into its armor.
split() {
  case $1 in *.*.*) return 1 ;; *.*) ;; *) return 1 ;; esac
  decode "${1%%.*}" "$2" && decode "${1#*.}" "$d/raw" || return 1
  { echo '-----BEGIN SSH SIGNATURE-----'; base64 < "$d/raw" | tr -d '\n' | awk '{ while (length($0) > 70) { print substr($0, 1, 70); $0 = substr($0, 71) } print }'; echo '-----END SSH SIGNATURE-----'; } > "$2.sig"
}

# Stock ssh-keygen lets a pattern or a certificate authority be anybody.
if grep -v '^[[:space:]]*#' "$signers" | grep -Eiq 'cert-authority|^[^[:space:]]*[*?!]'; then refuse 'the list of allowed signers holds a pattern or a certificate authority'; fi

case $request in csr1.*) ;; *) refuse 'this is no request' ;; esac
case $token in cs1.*) ;; *) refuse 'this is no token' ;; esac
split "${request#csr1.}" "$d/request" || refuse 'the request is not whole: copy it again'
split "${token#cs1.}" "$d/statement" || refuse 'the token is not whole: copy it again'

# Whose key made a signature: the same answer for the same key, whatever other names the list has for it.
owner() { ssh-keygen -Y find-principals -f "$signers" -s "$1" 2>/dev/null | head -n 1; }

# Who asked: the owner of the key that signed the request.
requester=$(owner "$d/request.sig")
[ -n "$requester" ] || refuse 'the request is signed by nobody on the list'
ssh-keygen -q -Y verify -n countersign-request -f "$signers" -I "${requester%%,*}" -s "$d/request.sig" < "$d/request" > /dev/null 2>&1 || refuse 'the signature of the request is not good'

# Who approved: one of those you accept, and not the requester.
approver=''
for who in $approvers; do
  if ssh-keygen -q -Y verify -n countersign-approval -f "$signers" -I "$who" -s "$d/statement.sig" < "$d/statement" > /dev/null 2>&1; then approver=$who; fi
done
[ -n "$approver" ] || refuse 'the token is not signed by anybody you accept'
[ "$(owner "$d/statement.sig")" != "$requester" ] || refuse "$approver asked for this and cannot approve it as well"
case ",$requester," in *",$approver,"*) refuse "$approver asked for this and cannot approve it as well" ;; esac

# What was signed: exactly this request, and not for ever.
[ "$(wc -l < "$d/statement")" -eq 1 ] || refuse 'this is not an approval'
read -r what verb digest expires more < "$d/statement"
[ "$what $verb" = 'countersign/1 approve' ] && [ -z "$more" ] || refuse 'this is not an approval'
[ "$digest" = "sha256:$(sha256sum < "$d/request" | cut -d ' ' -f 1)" ] || refuse 'the token is for another request'
case $expires in '' | *[!0-9]* | ???????????*) refuse 'this is not an approval' ;; esac
[ "$(date +%s)" -le "$expires" ] || refuse 'the approval has expired'

# Security keys say in every signature whether somebody touched them (1) and gave their PIN (4); only -vv shows it.
flags=$(ssh-keygen -vv -Y verify -n countersign-approval -f "$signers" -I "$approver" -s "$d/statement.sig" < "$d/statement" 2>&1 | sed -n 's/.*flags = 0x\([0-9a-f][0-9a-f]*\).*/\1/p' | head -n 1)
case $flags in
  '') [ "${PRESENCE:-none}" = none ] || refuse 'this needs a security key or passkey, and a plain key was used' ;;
  *[13579bdf]) [ "${PRESENCE:-none}" != pin ] || case $flags in *[57df]) ;; *) refuse 'this needs the PIN of the security key' ;; esac ;;
  *) refuse 'nobody touched the security key' ;;
esac

# Within a request's canonical text a quotation mark stands only where the format puts one: texts are escaped.
if [ -n "$commit" ]; then grep -Fq "\"commit\":\"$commit\"" "$d/request" || refuse 'another commit was approved'; fi
if [ -n "$command" ]; then
  case $command in *[\"\\]* | *[![:print:]]*) refuse 'a command with quotation marks, backslashes or other characters than ASCII needs “countersign verify”' ;; esac
  grep -Fq "\"script\":\"$command\"" "$d/request" || refuse 'another command was approved'
fi
echo "Good: $approver approved ${digest#sha256:} (asked by $requester) until $expires"
