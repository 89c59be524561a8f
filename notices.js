// The licences of the packages that the bundles carry, gathered from the packages themselves.
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const PACKAGE = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * @param {readonly import('esbuild').Metafile[]} metafiles of the bundles
 * @param {readonly string[]} besides folders of packages of which files are shipped as they are
 * @returns {string} every package with its version and licence, in the order of their names
 * @throws {Error} when a package comes without a licence
 */
exports.noticesOf = (metafiles, besides = []) => {
  const inputs = metafiles.flatMap(({ inputs: files }) => Object.keys(files));
  const folders = new Set([...inputs.flatMap((file) => PACKAGE.exec(file)?.[1] ?? []), ...besides]);
  const notices = [...folders].map(noticeOf).sort((a, b) => a.title.localeCompare(b.title, 'en'));
  const once = notices.filter(({ title }, at) => notices[at - 1]?.title !== title);
  return `Countersign contains these packages, each under its own licence.\n${once.map(({ title, text }) => `\n${'-'.repeat(80)}\n${title}\n\n${text}\n`).join('')}`;
};

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)(\..*)?$/i.test(file)).sort();
  if (files.length === 0 && typeof license !== 'string') throw new Error(`${name} comes without a licence.`);
  const text = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
  return { title: `${name} ${version} (${license ?? 'see below'})`, text: text === '' ? `Licence: ${license}. The package brings no text of it.` : text };
}
