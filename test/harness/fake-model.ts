import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the model would have the assistant do: a tool call, with its input as an object or as a bare text. */
export interface Step {
  readonly tool: string;
  readonly input: object | string;
}

interface Body {
  readonly stream?: boolean;
  readonly model?: string;
  readonly tools?: readonly unknown[];
  readonly messages?: readonly { readonly role?: string; readonly content?: unknown }[];
  readonly input?: unknown;
  readonly contents?: readonly { readonly parts?: readonly { readonly functionResponse?: { readonly response: unknown } }[] }[];
}

/**
 * A model behind a loopback port that plays a script, in the words of Anthropic's Messages, Gemini, and OpenAI's
 * Responses and Chat Completions. The step to play is the number of tool results that came since the script began.
 */
export class FakeModel {
  /** What the assistant told the model about each tool call, in order. */
  results: readonly string[] = [];
  private count = 0;
  /** How many results the conversation held when the script began; undefined until its first request. */
  private earlier: number | undefined = 0;
  private readonly server: Server;

  private constructor(private steps: readonly Step[]) {
    this.server = createServer((request, response) => void this.serve(request, response).catch(() => response.destroy()));
  }

  static async start(steps: readonly Step[]): Promise<FakeModel> {
    const model = new FakeModel(steps);
    await new Promise<void>((resolve) => model.server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  /** Begins another script, in the conversation that goes on with the next request. */
  play(steps: readonly Step[]): void {
    this.steps = steps;
    this.results = [];
    this.earlier = undefined;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = (text === '' ? {} : JSON.parse(text)) as Body;
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const action = /:(generateContent|streamGenerateContent|countTokens)$/.exec(pathname)?.[1];
    if (pathname.endsWith('/count_tokens')) this.json(response, { input_tokens: 10 });
    else if (pathname.endsWith('/messages')) this.anthropic(response, body);
    else if (action === 'countTokens') this.json(response, { totalTokens: 10 });
    else if (action) this.gemini(response, body, action === 'streamGenerateContent');
    else if (pathname.endsWith('/responses')) this.responses(response, body);
    else if (pathname.endsWith('/chat/completions')) this.chat(response, body);
    else if (/\/models(\/|$)/.test(pathname)) this.json(response, { object: 'list', data: [{ id: 'fake-model', object: 'model', created: 1, owned_by: 'fake' }], models: [] });
    else {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"There is nothing here.","type":"not_found"}}');
    }
  }

  /** The step to play, or undefined for a conversation that is over or has no tools (titles, summaries). */
  private next(all: readonly unknown[], body: Body): Step | undefined {
    if ((body.tools?.length ?? 0) === 0) return undefined;
    this.earlier ??= all.length;
    const results = all.slice(this.earlier);
    if (results.length >= this.results.length) this.results = results.map((result) => (typeof result === 'string' ? result : JSON.stringify(result)));
    return this.steps[results.length];
  }

  private anthropic(response: ServerResponse, body: Body): void {
    const results = (body.messages ?? []).flatMap(({ content }) => (Array.isArray(content) ? (content as { type?: string; content?: unknown }[]) : [])).filter(({ type }) => type === 'tool_result').map(({ content }) => content);
    const step = this.next(results, body);
    const block = step ? { type: 'tool_use', id: this.id('toolu_'), name: step.tool, input: step.input } : { type: 'text', text: 'Done.' };
    const message = { id: this.id('msg_'), type: 'message', role: 'assistant', model: body.model, content: [block], stop_reason: step ? 'tool_use' : 'end_turn', stop_sequence: null, usage: { input_tokens: 10, output_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 } };
    if (!body.stream) {
      this.json(response, message);
      return;
    }
    const send = events(response, true);
    send('message_start', { message: { ...message, content: [], stop_reason: null } });
    send('content_block_start', { index: 0, content_block: step ? { ...block, input: {} } : { type: 'text', text: '' } });
    send('content_block_delta', { index: 0, delta: step ? { type: 'input_json_delta', partial_json: JSON.stringify(step.input) } : { type: 'text_delta', text: 'Done.' } });
    send('content_block_stop', { index: 0 });
    send('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: { output_tokens: 10 } });
    send('message_stop', {});
    response.end();
  }

  private gemini(response: ServerResponse, body: Body, stream: boolean): void {
    const results = (body.contents ?? []).flatMap(({ parts = [] }) => parts).flatMap(({ functionResponse }) => (functionResponse ? [functionResponse.response] : []));
    const step = this.next(results, body);
    const part = step ? { functionCall: { name: step.tool, args: step.input } } : { text: '{"complexity_reasoning":"x","complexity_score":10,"reasoning":"x","model_choice":"flash"}' };
    const answer = { candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }], usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 10, totalTokenCount: 20 }, modelVersion: 'fake' };
    if (!stream) {
      this.json(response, answer);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(answer)}\n\n`);
  }

  private responses(response: ServerResponse, body: Body): void {
    const items = Array.isArray(body.input) ? (body.input as { type?: string; output?: unknown }[]) : [];
    const step = this.next(items.filter(({ type }) => type?.endsWith('_call_output')).map(({ output }) => output), body);
    const item = !step
      ? { type: 'message', id: this.id('msg_'), role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Done.', annotations: [] }] }
      : typeof step.input === 'string'
        ? { type: 'custom_tool_call', id: this.id('ctc_'), call_id: this.id('call_'), name: step.tool, input: step.input, status: 'completed' }
        : { type: 'function_call', id: this.id('fc_'), call_id: this.id('call_'), name: step.tool, arguments: JSON.stringify(step.input), status: 'completed' };
    const whole = { id: this.id('resp_'), object: 'response', created_at: 1, status: 'completed', model: body.model, output: [item], usage: { input_tokens: 10, input_tokens_details: { cached_tokens: 0 }, output_tokens: 10, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 20 }, parallel_tool_calls: false, tools: [], error: null };
    if (!body.stream) {
      this.json(response, whole);
      return;
    }
    const send = events(response, true);
    send('response.created', { response: { ...whole, status: 'in_progress', output: [], usage: null } });
    send('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress' } });
    send('response.output_item.done', { output_index: 0, item });
    send('response.completed', { response: whole });
    response.end();
  }

  private chat(response: ServerResponse, body: Body): void {
    const step = this.next((body.messages ?? []).filter(({ role }) => role === 'tool').map(({ content }) => content), body);
    const calls = step && [{ id: this.id('call_'), type: 'function', function: { name: step.tool, arguments: JSON.stringify(step.input) } }];
    const common = { id: this.id('chatcmpl-'), created: 1, model: body.model };
    const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
    const end = calls ? 'tool_calls' : 'stop';
    if (!body.stream) {
      this.json(response, { ...common, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: calls ? null : 'Done.', ...(calls && { tool_calls: calls }) }, finish_reason: end }], usage });
      return;
    }
    const send = events(response, false);
    const chunk = (delta: object, finish: string | null, more: object = {}) => send('', { ...common, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...more });
    chunk({ role: 'assistant', content: '' }, null);
    chunk(calls ? { tool_calls: calls.map((call, index) => ({ index, ...call })) } : { content: 'Done.' }, null);
    chunk({}, end, { usage });
    response.end('data: [DONE]\n\n');
  }

  private json(response: ServerResponse, value: object): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }

  private id(prefix: string): string {
    this.count += 1;
    return `${prefix}${String(this.count).padStart(6, '0')}fake`;
  }
}

/** Sends server-sent events, named ones with their type inside. */
function events(response: ServerResponse, named: boolean): (name: string, data: object) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  let count = 0;
  return (name, data) => void response.write(named ? `event: ${name}\ndata: ${JSON.stringify({ type: name, sequence_number: count++, ...data })}\n\n` : `data: ${JSON.stringify(data)}\n\n`);
}
