import { sentence } from '../../say.js';
import { defineTool } from '../rule.js';
import type { Rule, Tool } from '../rule.js';
import type { Use } from '../use.js';
import { isDevice } from './paths.js';

const device = (use: Use): string | undefined => use.operands.map((word) => word.text).find(isDevice);

const MKFS: Rule = {
  id: 'disk/format',
  title: 'Formats a disk',
  when: (use) => use.operands.some((word) => word.text.startsWith('/dev/') || word.text.includes('\uFFFC')),
  severity: 'critical',
  reversible: 'no',
  message: (use) => sentence('Makes an empty file system on {0}; what was there is lost.', device(use) ?? use.operands.at(-1)?.text ?? sentence('a disk')),
  safer: 'lsblk -f',
  examples: {
    flagged: ['mkfs.ext4 /dev/sda1', 'mkfs -t xfs /dev/nvme0n1p2', 'sudo mkswap /dev/sdb2', 'mke2fs /dev/sdc1'],
    clear: ['lsblk -f', 'mkfs --help', 'man mkfs', 'mkfs.ext4 -n /dev/sda1'],
  },
};

const WIPE: Rule = {
  id: 'disk/wipe',
  title: 'Overwrites a disk or file for good',
  when: (use) => use.operands.length > 0,
  severity: 'critical',
  reversible: 'no',
  message: (use) => sentence('Overwrites {0} so that nothing can be brought back.', use.rest(0).join(', ')),
  safer: 'lsblk -f',
  examples: {
    flagged: ['shred -u secrets.txt', 'wipefs -a /dev/sda', 'srm -r folder', 'blkdiscard /dev/nvme0n1', 'wipe -rf folder'],
    clear: ['lsblk', 'shred --help', 'wipefs -n -a /dev/sda', 'wipefs /dev/sda'],
  },
};

const DD: Rule = {
  id: 'disk/dd',
  title: 'Writes raw data over a disk',
  when: (use) => {
    const output = use.rest(0).find((text) => text.startsWith('of='))?.slice(3);
    if (output === undefined) return false;
    if (isDevice(output)) return { severity: 'critical', message: sentence('Writes raw data over {0}.', output) };
    if (/^\/dev\/(null|zero|stdout|stderr|fd\/|tty)/.test(output)) return false;
    return output.startsWith('/') && !output.startsWith('/tmp/') ? { severity: 'medium', message: sentence('Overwrites {0}.', output) } : { severity: 'low', effect: 'write', message: sentence('Writes {0}.', output) };
  },
  severity: 'high',
  reversible: 'no',
  message: 'Writes raw data over a disk or file.',
  safer: 'lsblk',
  examples: {
    flagged: ['dd if=/dev/zero of=/dev/sda bs=1M', 'sudo dd if=x.img of=/dev/nvme0n1 status=progress', 'dd of=/dev/disk2 if=x.iso'],
    clear: ['dd if=/dev/sda of=/dev/null', 'dd if=/dev/urandom bs=1 count=8', 'dd --help'],
  },
};

const PARTITION: Rule = {
  id: 'disk/partition',
  title: 'Changes the partitions of a disk',
  when: (use) => {
    if (device(use) === undefined) return false;
    if (use.invocation.program === 'partprobe') return !use.has('-d -s --dry-run --summary') && { severity: 'medium', reversible: 'yes', message: sentence('Makes the kernel read the partitions of {0} again.', device(use) ?? sentence('a disk')) };
    if (use.has('-l --list -d --dump -s --show-size --show-geometry -V --verify -x -p --print -i --info -h') && use.invocation.program !== 'sgdisk' && use.invocation.program !== 'gdisk') return use.invocation.program === 'parted' ? !/^(print|unit|align-check|help|quit)$/.test(use.operand(1) ?? 'print') : false;
    if (use.invocation.program === 'sfdisk' && use.has('-g')) return false;
    if (use.invocation.program === 'sgdisk') return use.has('-Z --zap-all -z --zap -o --clear -d --delete -n --new -t --typecode -g --mbrtogpt -l --load-backup -G --randomize-guids -R --replicate');
    if (use.invocation.program === 'parted') return /^(mklabel|mktable|mkpart|mkpartfs|rm|resizepart|resize|move|cp|mkfs|set|toggle|name|rescue|disk_set)$/.test(use.operand(1) ?? '') || use.rest(1).some((text) => /^(mklabel|mkpart|rm|resizepart)$/.test(text));
    return true;
  },
  severity: 'critical',
  reversible: 'no',
  message: (use) => sentence('Changes the partitions of {0}.', device(use) ?? sentence('a disk')),
  safer: 'lsblk',
  examples: {
    flagged: ['fdisk /dev/sda', 'parted /dev/sda mklabel gpt', 'sgdisk --zap-all /dev/nvme0n1', 'sudo sfdisk /dev/sdb', 'partprobe /dev/sda'],
    clear: ['partprobe -d /dev/sda', 'fdisk -l', 'fdisk -l /dev/sda', 'parted /dev/sda print', 'sfdisk -d /dev/sda', 'sgdisk -p /dev/sda'],
  },
};

const VOLUMES: Rule = {
  id: 'disk/volumes',
  title: 'Removes volumes, pools or arrays',
  when: (use) => {
    const [program, sub] = [use.invocation.program, use.operand(0) ?? ''];
    if (/^(lv|vg|pv)(remove|reduce|convert|change|extend|create|resize|rename|split|merge|move)$/.test(program)) return /remove|reduce|split|merge/.test(program) ? use.operands.length > 0 : false;
    if (program === 'lvm') return /^(lv|vg|pv)(remove|reduce)$/.test(sub);
    if (program === 'zpool') return /^(destroy|labelclear|remove|detach|offline|split|export|clear|reguid|upgrade)$/.test(sub) ? (/^(destroy|labelclear|remove|detach|split)$/.test(sub) ? {} : { severity: 'medium', reversible: 'with-effort' }) : sub === 'create' && use.has('-f') ? {} : false;
    if (program === 'zfs') return /^(destroy|rollback)$/.test(sub) && !use.has('-n');
    if (program === 'btrfs') return /^(subvolume|su|sub)$/.test(sub) ? /^(delete|del)/.test(use.operand(1) ?? '') : /^(device|dev)$/.test(sub) ? /^(delete|remove)/.test(use.operand(1) ?? '') : (sub === 'check' && use.has('--repair --init-csum-tree --init-extent-tree')) || (sub === 'rescue') || (sub === 'filesystem' && use.operand(1) === 'resize');
    if (program === 'mdadm') return use.has('--stop -S --zero-superblock --remove -r --fail -f --create -C --destroy');
    if (program === 'cryptsetup') return /^(luksFormat|reencrypt|luksErase|erase|luksKillSlot|luksRemoveKey|luksHeaderRestore|luksDelKey|repair|format|remove|luksChangeKey|luksSuspend)$/.test(sub);
    if (program === 'diskutil') return /^(erase\w*|partitionDisk|reformat|secureErase|zeroDisk|randomDisk|deleteVolume|mergePartitions|splitPartition|resetFusion|apfs|appleRAID|coreStorage|cs)$/i.test(sub) && (!/^(apfs|cs|coreStorage|appleRAID)$/i.test(sub) || /^(delete|erase)/i.test(use.operand(1) ?? ''));
    if (program === 'dmsetup') return /^(remove|remove_all|wipe_table|clear)$/.test(sub);
    if (program === 'nvme') return /^(format|sanitize|delete-ns|write-zeroes|write-uncor|detach-ns|security-send|fw-activate|fw-commit|dsm|write|reset|subsystem-reset)$/.test(sub);
    if (program === 'hdparm') return use.has('--security-erase --security-erase-enhanced --trim-sector-ranges --write-sector --make-bad-sector --yes-i-know-what-i-am-doing --fwdownload --dco-restore');
    if (program === 'nbd-client') return use.has('-d --disconnect');
    if (program === 'blockdev') return use.has('--setro --setrw --setra --setfra --setbsz --flushbufs --rereadpt') && device(use) !== undefined ? { severity: 'medium', reversible: 'yes', message: sentence('Changes how a disk behaves.') } : false;
    if (program === 'resize2fs') return device(use) !== undefined && !use.has('-P') ? { severity: 'medium' } : false;
    if (program === 'tune2fs' || program === 'xfs_repair' || program === 'fsck' || program.startsWith('fsck.') || program === 'e2fsck' || program === 'badblocks' || program === 'debugfs') {
      if (program === 'badblocks') return use.has('-w -n');
      if (program === 'debugfs') return use.has('-w');
      if (program === 'tune2fs') return device(use) !== undefined && !use.has('-l') ? { severity: 'medium' } : false;
      return device(use) !== undefined && !use.has('-n -N') && use.has('-y -a -p -f -L -r') ? { severity: 'medium', message: sentence('Repairs a file system, which may drop what it cannot place.') } : false;
    }
    return false;
  },
  severity: 'critical',
  reversible: 'no',
  message: (use) => sentence('Removes or overwrites storage: {0}.', [use.invocation.program, ...use.rest(0)].join(' ')),
  safer: 'lsblk',
  examples: {
    flagged: ['lvremove /dev/vg0/data', 'zpool destroy tank', 'mdadm --zero-superblock /dev/sda1', 'cryptsetup luksFormat /dev/sda2', 'zfs destroy -r tank/data', 'btrfs subvolume delete /mnt/x'],
    clear: ['lvs', 'zpool status', 'zfs list', 'mdadm --detail /dev/md0', 'cryptsetup luksDump /dev/sda2', 'zfs destroy -n tank/data'],
  },
};

const MOUNT: Rule = {
  id: 'disk/mount',
  title: 'Mounts or unmounts a disk',
  when: (use) => {
    const { program } = use.invocation;
    const options = use.values('-o --options').join(',');
    if (program === 'umount') return use.has('-f --force -l --lazy -a --all') ? { severity: 'medium' } : false;
    return device(use) !== undefined || /(^|,)remount/.test(options) ? { severity: 'medium' } : false;
  },
  severity: 'medium',
  reversible: 'yes',
  message: (use) => sentence('Changes what is mounted: {0}.', use.rest(0).join(' ')),
  safer: 'findmnt',
  examples: {
    flagged: ['mount /dev/sdb1 /data', 'sudo mount -o remount,rw /', 'umount -f /mnt/nfs'],
    clear: ['mount', 'findmnt', 'umount /mnt/usb', 'mount --help'],
  },
};

const VALUES = '-t --type -L -U -n -N -b -i -I -m -o --options -O --offset -s -p -d -g -v -y';

export const DISK_TOOLS: readonly Tool[] = [
  defineTool({ names: ['mkfs', 'mkfs.ext2', 'mkfs.ext3', 'mkfs.ext4', 'mkfs.xfs', 'mkfs.btrfs', 'mkfs.vfat', 'mkfs.fat', 'mkfs.ntfs', 'mkfs.exfat', 'mkfs.f2fs', 'mkfs.minix', 'mkfs.bfs', 'mkfs.cramfs', 'mkfs.jfs', 'mkfs.reiserfs', 'mkfs.msdos', 'mke2fs', 'mkswap', 'mkntfs', 'mkdosfs', 'newfs', 'newfs_apfs', 'newfs_hfs', 'mkexfatfs'], grammar: { values: '-t --type -L -U -b -i -I -m -O -s' }, harmless: '-n -V', otherwise: 'read', rules: [MKFS] }),
  defineTool({ names: ['shred', 'srm', 'blkdiscard', 'wipe', 'scrub', 'nwipe', 'sfill'], grammar: { values: '-n -s --iterations --size --random-source -o -l --offset --length', flags: '--remove --force --zero', abbreviates: true }, otherwise: 'read', rules: [WIPE] }),
  defineTool({ names: ['wipefs'], grammar: { values: '-o -t --offset --types' }, harmless: '-n --no-act', otherwise: 'read', rules: [{ ...WIPE, options: '-a --all -o --offset' }] }),
  defineTool({ names: ['dd', 'dcfldd', 'dc3dd', 'ddrescue', 'gdd'], grammar: {}, otherwise: 'write', rules: [DD] }),
  defineTool({ names: ['fdisk', 'sfdisk', 'cfdisk', 'gdisk', 'sgdisk', 'cgdisk', 'parted', 'partprobe'], grammar: { values: '-a --align -N -t --typecode -n --new -d-value' }, otherwise: 'write', rules: [PARTITION] }),
  defineTool({ names: ['lvremove', 'lvreduce', 'vgremove', 'vgreduce', 'vgsplit', 'vgmerge', 'pvremove', 'lvm', 'zpool', 'zfs', 'btrfs', 'mdadm', 'cryptsetup', 'diskutil', 'dmsetup', 'nvme', 'hdparm', 'nbd-client', 'blockdev', 'resize2fs', 'tune2fs', 'xfs_repair', 'fsck', 'fsck.ext4', 'fsck.ext3', 'fsck.xfs', 'e2fsck', 'badblocks', 'debugfs'], grammar: { values: VALUES.replace(' -n', '').replace(' -p', '').replace(' -y', '').replace(' -v', '').replace(' -d', '') }, harmless: '--test --dry-run', reads: ['status|list|get|history|iostat|luksDump|isLuks|show|info|ls|table|id-ctrl|id-ns|smart-log|subvolume list|print'], otherwise: 'write', rules: [VOLUMES] }),
  defineTool({ names: ['mount', 'umount', 'unmount'], grammar: { values: '-t --types -o --options -L -U' }, otherwise: 'write', rules: [MOUNT] }),
];
