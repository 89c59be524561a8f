import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { answerOf, ASSISTANT_TOOLS } from '../broker/assistant-tools.js';
import { desksAround, type Context } from './context.js';
import { EXIT } from './terminal.js';

/** An assistant may call itself what it likes; nobody reads more than this. Characters. */
const LONGEST_NAME = 100;

/**
 * Serves the assistant's tools over standard input and output until the assistant goes away
 * (Model Context Protocol, stdio transport).
 */
export async function serveMcp(context: Context): Promise<number> {
  const server = new McpServer({ name: 'countersign', version: ownVersion() });
  // The protocol has no name for a conversation: one process serves one.
  const session = randomUUID();
  for (const tool of ASSISTANT_TOOLS) {
    server.registerTool(tool.name, { title: tool.title, description: tool.description, inputSchema: tool.input }, async (input) => {
      const name = server.server.getClientVersion()?.name ?? 'an assistant';
      const { text, isError } = await answerOf(tool, input, {
        ...context,
        desksFor: (directory) => desksAround({ ...context, cwd: directory }),
        agent: { name: name.slice(0, LONGEST_NAME), session },
      });
      return { content: [{ type: 'text', text }], isError };
    });
  }
  const gone = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.on('end', resolve);
  });
  await server.connect(new StdioServerTransport());
  await gone;
  return EXIT.ok;
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8')) as { readonly version: string }).version;
}
