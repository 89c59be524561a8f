const NAMES =
  'aws gcloud gsutil az git gh glab kubectl helm docker podman terraform tofu pulumi heroku vercel netlify fly flyctl wrangler npm pnpm yarn npx cargo pip gem psql mysql mongosh redis-cli sqlite3 vault doppler systemctl rails rake firebase supabase railway doctl eksctl ansible rclone restic borg stripe argocd flux';

/** Whether a program's name is one letter away from a well-known one: more likely a slip than another program. */
export function isSlip(program: string): boolean {
  return NAMES.split(' ').some((name) => name !== program && isNear(name, program));
}

/** Whether two words differ by one letter added, left out, changed or swapped. */
function isNear(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1 || left.length < 2) return false;
  let front = 0;
  while (front < left.length && left[front] === right[front]) front += 1;
  let back = 0;
  while (back < Math.min(left.length, right.length) - front && left[left.length - 1 - back] === right[right.length - 1 - back]) back += 1;
  const rest = [left.length - front - back, right.length - front - back];
  if (Math.max(...rest) <= 1) return true;
  return rest[0] === 2 && rest[1] === 2 && left[front] === right[front + 1] && left[front + 1] === right[front];
}
