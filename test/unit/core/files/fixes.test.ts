import assert from 'node:assert/strict';
import { fixFor } from '../../../../src/core/files/fixes.js';
import { scan } from './cases.js';
import { spoken } from '../../../../src/core/say.js';

/** A place before and after the fix that is offered for it. */
const FIXED: readonly (readonly [name: string, before: string, after: string])[] = [
  ['push.sh', 'git push --force origin feature\n', 'git push --force-with-lease origin feature\n'],
  ['push.sh', 'git push -f\n', 'git push --force-with-lease\n'],
  ['package.json', '{ "scripts": { "ship": "git push -f" } }', '{ "scripts": { "ship": "git push --force-with-lease" } }'],
  ['apply.sh', 'terraform apply -auto-approve -var a=1\n', 'terraform apply -var a=1\n'],
  ['clean.sh', 'rm -rf "$BUILD/out"\n', 'rm -rf "${BUILD:?}/out"\n'],
  ['clean.sh', 'rm -rf "${BUILD}/out"\n', 'rm -rf "${BUILD:?}/out"\n'],
  ['main.tf', 'resource "a" "b" {\n  lifecycle {\n    prevent_destroy = false\n  }\n}\n', 'resource "a" "b" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'],
  ['main.tf', 'resource "a" "b" {\n  force_destroy = true\n}\n', 'resource "a" "b" {\n  force_destroy = false\n}\n'],
  ['main.tf', 'resource "a" "b" {\n  skip_final_snapshot = true\n}\n', 'resource "a" "b" {\n  skip_final_snapshot = false\n}\n'],
  ['main.tf', 'resource "a" "b" {\n  deletion_protection = false\n}\n', 'resource "a" "b" {\n  deletion_protection = true\n}\n'],
  ['a.yaml', 'apiVersion: v1\nkind: PersistentVolume\nspec:\n  persistentVolumeReclaimPolicy: Delete\n', 'apiVersion: v1\nkind: PersistentVolume\nspec:\n  persistentVolumeReclaimPolicy: Retain\n'],
  ['stack.yaml', 'Resources:\n  B:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Delete\n', 'Resources:\n  B:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n'],
];

describe('the safer form', () => {
  for (const [name, before, after] of FIXED) {
    it(`of ${before.trim().split('\n').at(-1) ?? ''} in ${name} stands where the dangerous one stood`, () => {
      const fixes = scan(name, before).flatMap((finding) => fixFor(finding, before) ?? []);
      assert.equal(fixes.length, 1);
      const [fix] = fixes;
      assert.equal(before.slice(0, fix!.span.start) + fix!.text + before.slice(fix!.span.end), after);
      assert.deepEqual(scan(name, after).flatMap((finding) => fixFor(finding, after) ?? []), [], 'nothing is left to fix');
      assert.match(spoken(fix!.title), /^[A-Z][^\n.]+$/);
    });
  }

  for (const [name, text] of [
    ['push.sh', 'git push --mirror\n'],
    ['push.sh', 'git push origin +main\n'],
    ['clean.sh', 'rm -rf /srv/data\n'],
    ['clean.sh', 'rm -rf "$(pwd)/out"\n'],
    ['main.tf', 'resource "a" "b" {\n  force_destroy = var.off ? true : var.on\n}\n'],
    ['1.sql', 'DROP TABLE users;\n'],
  ] as const)
    it(`is not made up for ${text.trim().split('\n').at(-2) ?? text.trim()}`, () => assert.deepEqual(scan(name, text).flatMap((finding) => fixFor(finding, text) ?? []), []));
});
