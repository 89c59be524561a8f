import * as vscode from 'vscode';
import { COMMANDS } from './ids.js';

/** Links carry requests and tokens as text: opening one shows it, and nothing more. */
export const uriHandler: vscode.UriHandler = {
  handleUri(uri) {
    if (uri.path === '/request') void vscode.commands.executeCommand(COMMANDS.takeRequest, uri.query);
    else if (uri.path === '/token') void vscode.commands.executeCommand(COMMANDS.enterToken, uri.query);
  },
};
