import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Rule, Tool } from './rule.js';

const POWER: Rule = {
  id: 'system/power',
  title: 'Switches the machine off or starts it again',
  when: (use) => {
    const { program } = use.invocation;
    if (program === 'init' || program === 'telinit') return /^[06]$/.test(use.operand(0) ?? '');
    if (program === 'shutdown') return !use.has('-c -k --help') && !/^(-c|\/[a?])$/i.test(use.operand(0) ?? '');
    return !use.has('-w --wtmp-only');
  },
  severity: 'high', reversible: 'with-effort', message: 'Switches the machine off or starts it again.', safer: 'uptime',
  examples: { flagged: ['shutdown -h now', 'sudo reboot', 'poweroff', 'init 0', 'halt -f'], clear: ['uptime', 'shutdown -c', 'last reboot', 'shutdown --help'] },
};

const SERVICES: Rule = {
  id: 'system/service-stop',
  title: 'Stops or disables a service',
  when: (use) => {
    const { program } = use.invocation;
    const [first = '', second = ''] = use.rest(0);
    if (program === 'nginx' || program === 'openresty') return /^(stop|quit)$/.test(use.value('-s') ?? '');
    if (program === 'haproxy') return use.has('-st -sf');
    const action = program === 'service' || program === 'rc-service' ? second : first;
    const name = program === 'service' || program === 'rc-service' ? first : second;
    if (program === 'systemctl' && /^(poweroff|reboot|halt|kexec|emergency|rescue|isolate|suspend|hibernate|exit)$/.test(first)) return { severity: 'high', message: sentence('Takes the whole machine down: systemctl {0}.', first) };
    if (program === 'launchctl') return /^(unload|remove|bootout|disable|kill|stop|reboot)$/.test(first);
    if (program === 'initctl' || program === 'sv' || program === 'supervisorctl' || program === 'pm2' || program === 'monit') return /^(stop|down|kill|force-stop|shutdown|delete|remove)$/.test(first) && (program !== 'pm2' || first !== 'stop' || second === 'all');
    if (program === 'chkconfig' || program === 'update-rc.d' || program === 'rc-update') return use.rest(0).some((word) => /^(off|remove|disable|del|delete)$/.test(word));
    if (!/^(stop|disable|mask|kill|force-stop|revert)$/.test(action)) return action === 'restart' && CRITICAL.test(name) ? { severity: 'low', effect: 'write', reversible: 'yes' } : false;
    return CRITICAL.test(name) ? { severity: 'high' } : {};
  },
  severity: 'medium', reversible: 'yes', message: (use) => sentence('Stops or disables a service: {0}.', use.rest(0).join(' ')), safer: 'systemctl status',
  examples: { flagged: ['systemctl stop nginx', 'sudo systemctl disable --now sshd', 'service mysql stop', 'systemctl mask docker', 'launchctl unload x.plist'], clear: ['systemctl status nginx', 'systemctl start nginx', 'service nginx reload', 'systemctl list-units'] },
};
const CRITICAL = /ssh|network|docker|containerd|kubelet|postgres|mysql|mariadb|mongo|redis|nginx|apache|httpd|haproxy|systemd|dbus|firewalld|etcd|kafka|rabbitmq|elasticsearch|vault|consul/i;

const KILL: Rule = {
  id: 'system/kill',
  title: 'Kills processes by a wide net',
  when: (use) => {
    const { program, args } = use.invocation;
    const words = args.map((word) => word.text);
    if (words.some((text) => /^-(0|l|L)$/.test(text)) && program === 'kill') return false;
    if (program === 'kill') {
      const ids = words.filter((text, at) => !(at === 0 && text.startsWith('-')) && !/^-(s|n)$/.test(text) && text !== '--');
      if (ids.includes('-1')) return { severity: 'critical', message: sentence('Kills every process of this user.') };
      if (ids.includes('1')) return { severity: 'critical', message: sentence('Kills the first process of the machine.') };
      return use.invocation.fed || (words.some((text) => /^-(9|KILL|SIGKILL)$/i.test(text)) && ids.some((text) => text.includes('\uFFFC'))) ? { severity: 'low', effect: 'write' } : false;
    }
    const name = use.operand(0) ?? '';
    if (program === 'pkill' && use.has('-u -U -g -t --uid') && (name === '' || name === '.')) return { severity: 'high' };
    if (name === '.' || name === '.*' || /^(init|systemd|sshd|dockerd|containerd|kubelet|postgres|mysqld|launchd|Finder|WindowServer|nginx|java)$/.test(name)) return {};
    return use.has('-9 -KILL -SIGKILL') || words.some((text) => /^-(9|KILL|SIGKILL)$/.test(text)) ? { severity: 'medium' } : false;
  },
  severity: 'medium', reversible: 'with-effort', message: (use) => sentence('Kills processes: {0} {1}.', use.invocation.program, use.invocation.args.map((word) => word.text).join(' ')), safer: 'pgrep -a',
  examples: { flagged: ['kill -9 -1', 'killall -9 node', 'pkill -9 postgres', 'kill 1'], clear: ['kill 4242', 'kill -0 1', 'pgrep node', 'kill -l', 'pkill -f vite'] },
};

const USERS: Rule = {
  id: 'system/users',
  title: 'Deletes or changes user accounts',
  when: (use) => {
    const { program } = use.invocation;
    if (program === 'usermod') return use.has('-L --lock -G --groups -e -s --shell') && !use.has('-a --append') ? { severity: 'medium' } : false;
    if (program === 'passwd') return use.has('-d --delete -l --lock') ? {} : false;
    if (program === 'gpasswd') return use.has('-d --delete') ? { severity: 'medium' } : false;
    if (program === 'visudo' || program === 'chpasswd' || program === 'chsh' || program === 'vipw') return program === 'visudo' && use.has('-c') ? false : { severity: 'low', effect: 'write' };
    if (program === 'dscl') return use.rest(0).some((word) => /^-?delete$/.test(word)) || use.has('-d');
    return use.operands.length > 0;
  },
  severity: 'high', reversible: 'with-effort', message: (use) => sentence('Deletes or changes an account: {0}.', use.rest(0).join(' ')), safer: 'getent passwd',
  examples: { flagged: ['userdel -r bob', 'deluser bob', 'groupdel staff', 'passwd -l root'], clear: ['id bob', 'useradd bob', 'usermod -aG docker bob', 'userdel --help'] },
};

const FIREWALL: Rule = {
  id: 'system/firewall',
  title: 'Opens or empties the firewall',
  when: (use) => {
    const { program } = use.invocation;
    const words = use.invocation.args.map((word) => word.text);
    if (/^ip6?tables|^ebtables|^arptables/.test(program)) return use.has('-F --flush -X --delete-chain -Z -D --delete -P --policy') ? (use.has('-D --delete -Z') && !use.has('-F -X -P') ? { severity: 'medium' } : use.has('-P --policy') ? { severity: 'high' } : {}) : program.includes('restore') ? { severity: 'medium' } : false;
    if (program === 'nft') return words.some((word) => /^(flush|delete|destroy|reset)$/.test(word));
    if (program === 'ufw') return /^(disable|reset|delete)$/.test(use.operand(0) ?? '') || (use.operand(0) === 'default' && use.operand(1) === 'allow');
    if (program === 'firewall-cmd') return use.options.some(({ name }) => /^--(remove-|panic-on|complete-reload|reset-to-defaults|delete-|set-default-zone)/.test(name));
    if (program === 'ipset') return /^(flush|destroy|-F|-X)$/.test(words[0] ?? '');
    if (program === 'pfctl') return use.has('-F -d');
    if (program === 'setenforce') return use.operand(0) === '0' || use.operand(0) === 'Permissive';
    if (program === 'ip') return (/^(l|link)$/.test(use.operand(0) ?? '') && (words.includes('down') || /^(del|delete)$/.test(use.operand(1) ?? ''))) || (/^(a|addr|address|r|ro|route|rule|netns|neigh)$/.test(use.operand(0) ?? '') && /^(del|delete|flush)$/.test(use.operand(1) ?? ''));
    if (program === 'ifconfig') return words.includes('down') || words.includes('delete') || words.includes('-alias');
    if (program === 'ifdown' || program === 'nmcli' || program === 'networkctl' || program === 'networksetup') return program === 'ifdown' || words.some((word) => /^(down|delete|off|disconnect|-setairportpower)$/.test(word));
    if (program === 'route') return words.some((word) => /^(del|delete|flush)$/.test(word));
    return program === 'tc' ? words.includes('del') && { severity: 'medium' } : false;
  },
  severity: 'high', reversible: 'with-effort', message: (use) => sentence('Changes what may reach this machine: {0} {1}.', use.invocation.program, use.invocation.args.map((word) => word.text).join(' ')), safer: 'iptables -S',
  examples: { flagged: ['iptables -F', 'iptables -t nat --flush', 'ufw --force reset', 'nft flush ruleset', 'ip link set eth0 down', 'ifconfig eth0 down'], clear: ['iptables -L', 'ufw status', 'ip addr', 'ip link show', 'nft list ruleset'] },
};

const CRON: Rule = {
  id: 'system/crontab', title: 'Deletes every scheduled job', options: '-r', severity: 'high', reversible: 'no', message: 'Deletes every scheduled job of this user.', safer: 'crontab -l',
  examples: { flagged: ['crontab -r', 'sudo crontab -r -u bob', 'crontab -ri'], clear: ['crontab -l', 'crontab -e', 'crontab jobs.txt'] },
};

const KERNEL: Rule = {
  id: 'system/kernel', title: 'Changes the running kernel or the boot loader',
  when: (use) => {
    const { program } = use.invocation;
    if (program === 'sysctl') return use.has('-w --write') || use.rest(0).some((word) => word.includes('=')) ? { severity: 'medium', reversible: 'yes' } : false;
    if (program === 'modprobe') return use.has('-r --remove');
    if (program === 'efibootmgr') return use.has('-B -b -o -O --delete-bootnum');
    if (program === 'swapoff') return { severity: 'medium', reversible: 'yes' };
    if (program === 'nvram') return use.has('-c -d');
    if (program === 'csrutil' || program === 'spctl') return use.rest(0).includes('disable') || use.has('--master-disable');
    if (program === 'kexec') return use.has('-e');
    return true;
  },
  severity: 'high', reversible: 'with-effort', message: (use) => sentence('Changes the running kernel or how the machine boots: {0} {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'sysctl -a',
  examples: { flagged: ['rmmod xfs', 'modprobe -r nvme', 'sysctl -w vm.swappiness=0', 'grub-install /dev/sda', 'swapoff -a'], clear: ['lsmod', 'sysctl -a', 'modprobe nvme', 'sysctl vm.swappiness'] },
};

const LOGS: Rule = {
  id: 'system/erase-traces', title: 'Erases logs or history',
  when: (use) => {
    const { program } = use.invocation;
    if (program === 'journalctl') return use.options.some(({ name }) => name.startsWith('--vacuum-')) ? { severity: 'medium' } : false;
    if (program === 'dmesg') return use.has('-C -c --clear') ? { severity: 'low', effect: 'write' } : false;
    if (program === 'history') return use.has('-c -d') ? { severity: 'medium' } : false;
    if (program === 'tmutil') return /^(delete|deletelocalsnapshots|disable)/.test(use.operand(0) ?? '');
    return program === 'timeshift' || program === 'snapper' ? use.has('--delete --delete-all') || use.operand(0) === 'delete' : false;
  },
  severity: 'high', reversible: 'no', message: 'Erases logs, history or backups.', safer: 'journalctl --disk-usage',
  examples: { flagged: ['history -c', 'journalctl --vacuum-time=1s', 'tmutil delete /Volumes/x', 'snapper delete 1-9'], clear: ['history', 'journalctl -u nginx', 'tmutil listbackups'] },
};

const PACKAGES: Rule = {
  id: 'system/remove-packages', title: 'Removes system packages',
  when: (use) => {
    const { program } = use.invocation;
    const [first = ''] = use.rest(0);
    if (/^apt/.test(program) && use.has('-s')) return false;
    if (program === 'pacman') return use.invocation.args.some((word) => /^-R|^--remove$/.test(word.text));
    if (program === 'dpkg' || program === 'rpm') return use.has('-r -P -e --remove --purge --erase');
    if (program === 'brew') return /^(uninstall|remove|rm)$/.test(first) ? { severity: 'medium' } : first === 'services' ? /^(stop|kill)$/.test(use.operand(1) ?? '') && { severity: 'low', effect: 'write' } : false;
    if (/^(snap|flatpak|apk|emerge|port|pkg|zypper|nix-env|nix-collect-garbage)$/.test(program)) return /^(remove|uninstall|del|delete|rm|purge)$/.test(first) || use.has('--unmerge -C --depclean -c -e --uninstall -d --delete-old');
    return /^(remove|purge|autoremove|erase|autopurge|dist-upgrade|full-upgrade|history)$/.test(first) && !(first === 'history') ? (first === 'autoremove' ? { severity: 'medium' } : {}) : false;
  },
  severity: 'medium', reversible: 'with-effort', message: (use) => sentence('Removes packages of the system: {0}.', use.rest(1).join(', ')), safer: 'apt-get remove --dry-run',
  examples: { flagged: ['apt-get remove nginx', 'sudo apt purge postgresql', 'yum erase mysql-server', 'pacman -Rns linux', 'dpkg --purge x', 'brew uninstall node'], clear: ['apt-get install nginx', 'apt list', 'pacman -Syu', 'apt-get remove --dry-run nginx', 'brew list'] },
};

const SECRET_KEYS: Rule = {
  id: 'system/secret-keys', title: 'Deletes secret keys',
  // GnuPG takes long options by their beginnings; a shorter one than this is ambiguous to it.
  when: (use) => use.invocation.args.some((word) => /^--delete-secret/.test(word.text)),
  severity: 'high', reversible: 'no', message: 'Deletes secret keys: what was encrypted to them stays closed, and nobody signs with them any more.', safer: 'gpg --list-secret-keys',
  examples: { flagged: ['gpg --delete-secret-keys ABCD', 'gpg2 --batch --yes --delete-secret-and-public-key ABCD', 'sudo gpg --homedir /root/.gnupg --delete-secret-key 0xABCD'], clear: ['gpg --list-secret-keys', 'gpg --delete-keys ABCD', 'gpg --export-secret-keys ABCD', 'gpg --decrypt x.gpg'] },
};

const simple = (names: string, values: string, rule: Rule, more: { reads?: readonly string[]; harmless?: string; singleDash?: true } = {}): Tool =>
  defineTool({ names: names.split(' '), grammar: { values, ...(more.singleDash ? { singleDash: true } : {}) }, otherwise: 'write', rules: [rule], ...(more.reads ? { reads: more.reads } : {}), ...(more.harmless === undefined ? {} : { harmless: more.harmless }) });

export const SYSTEM_TOOLS: readonly Tool[] = [
  simple('shutdown reboot poweroff halt init telinit', '-t', POWER),
  simple('nginx openresty haproxy', '-s -c -g -p -f', SERVICES),
  simple('apachectl apache2ctl httpd caddy lighttpd systemctl service rc-service launchctl initctl sv supervisorctl pm2 monit chkconfig update-rc.d rc-update', '-t --type -H --host -M --machine -s --signal -n --lines -o --output', SERVICES, { harmless: '--dry-run', reads: ['status|list-units|list-unit-files|is-active|is-enabled|show|cat|list|print|list-timers|list-dependencies|is-failed|logs|ls|info', '* status'] }),
  simple('kill killall pkill skill killall5 xkill', '-s --signal -u -U -g -t -P -G', KILL),
  simple('userdel deluser groupdel delgroup usermod passwd gpasswd visudo chpasswd chsh vipw dscl', '-u -g -G -s -e -c -d-value -R --root', USERS),
  simple('iptables ip6tables iptables-restore ebtables arptables nft ufw firewall-cmd ipset pfctl setenforce ip ifconfig ifdown nmcli networkctl networksetup route tc', '-t --table -A -I -p -s -d -j --zone', FIREWALL, { reads: ['status|show|list|addr|address|a|link|l|route|r|neigh|monitor', 'addr|link|route|neigh show|list'] }),
  simple('crontab', '-u', CRON),
  simple('gpg gpg2', '-o -r -u --output --recipient --local-user --homedir', SECRET_KEYS),
  simple('sysctl modprobe rmmod insmod efibootmgr grub-install update-grub swapoff nvram csrutil spctl kexec', '-b -L -d -p', KERNEL),
  simple('journalctl dmesg history tmutil timeshift snapper', '-u --unit -n --lines -S --since -U --until', LOGS),
  simple('apt apt-get aptitude yum dnf rpm dpkg pacman zypper brew snap flatpak apk emerge port pkg nix-env', '-t -o -c', PACKAGES, { harmless: '--dry-run --simulate --just-print --no-act --test', reads: ['list|search|show|info|policy|check|outdated|deps|leaves|config|doctor|query|why'] }),
];
