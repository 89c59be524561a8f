import * as vscode from 'vscode';
import { REVIEW_PATH } from '../broker/messenger.js';
import { COMMANDS } from './ids.js';

/** Links name requests, or carry them and tokens as text: opening one shows it, and nothing more. */
export const uriHandler: vscode.UriHandler = {
  handleUri(uri) {
    if (uri.path === REVIEW_PATH) void vscode.commands.executeCommand(COMMANDS.review, uri.query);
    else if (uri.path === '/request') void vscode.commands.executeCommand(COMMANDS.takeRequest, uri.query);
    else if (uri.path === '/token') void vscode.commands.executeCommand(COMMANDS.enterToken, uri.query);
  },
};
