// A runtime interface client for Node.js.

import http from 'node:http';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const root = process.env.LAMBDA_TASK_ROOT;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, place, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    if (body !== undefined) headers['Content-Length'] = Buffer.byteLength(body);
    const request = http.request(
      { host, port, agent, method, headers, path: `/2018-06-01/runtime/${place}` },
      (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(pieces).toString() }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function fault(error, kind) {
  if (error instanceof Error) {
    const errorType = kind ?? error.name;
    return { errorType, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: kind ?? typeof error, errorMessage: String(error), trace: [] };
}

class Named extends Error {
  constructor(kind, message) {
    super(message);
    this.name = kind;
  }
}

async function load() {
  const wanted = process.env._HANDLER;
  const base = path.basename(wanted);
  const dot = base.indexOf('.');
  if (dot < 1) throw new Named('Runtime.MalformedHandlerName', 'Bad handler');
  const module = path.join(path.dirname(wanted), base.slice(0, dot));
  const place = path.resolve(root, module);
  let found;
  try {
    const file = ['.js', '.mjs', '.cjs'].map((end) => place + end).find(existsSync);
    if (!file) throw new Named('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
    if (file.endsWith('.cjs')) found = createRequire(file)(file);
    else {
      const loaded = await import(pathToFileURL(file).href);
      found = { ...(loaded.default && typeof loaded.default === 'object' ? loaded.default : {}), ...loaded };
    }
  } catch (error) {
    if (error instanceof Named) throw error;
    const kind = error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError'
      : /Cannot find (module|package)/.test(error?.message ?? '') ? 'Runtime.ImportModuleError' : undefined;
    if (!kind) throw error;
    throw new Named(kind, `${error.name}: ${error.message}`);
  }
  const handler = base.slice(dot + 1).split('.').reduce((from, name) => from?.[name], found);
  if (handler === undefined) throw new Named('Runtime.HandlerNotFound', `${wanted} is undefined or not exported`);
  if (typeof handler !== 'function') throw new Named('Runtime.HandlerNotFound', `${wanted} is not a function`);
  return handler;
}

function context(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const told = headers['lambda-runtime-client-context'];
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: told ? JSON.parse(told) : undefined,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function run(handler, event, about) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    about.succeed = resolve;
    about.fail = reject;
    about.done = callback;
    const result = handler(event, about, callback);
    if (typeof result?.then === 'function') result.then(resolve, reject);
    else if (handler.length < 3) resolve(result);
  });
}

async function dies(kind, error) {
  const told = fault(error, kind);
  console.error(JSON.stringify(told));
  const place = current ? `invocation/${current}/error` : 'init/error';
  await call('POST', place, JSON.stringify(told)).catch(() => {});
  process.exit(1);
}

let current;
process.on('unhandledRejection', (error) => dies('Runtime.UnhandledPromiseRejection', error));
process.on('uncaughtException', (error) => dies(undefined, error));

let handler;
try {
  handler = await load();
} catch (error) {
  await dies(undefined, error);
}
for (;;) {
  const { headers, body } = await call('GET', 'invocation/next');
  current = headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
  try {
    const result = await run(handler, JSON.parse(body), context(headers));
    const answer = JSON.stringify(result === undefined ? null : result);
    await call('POST', `invocation/${current}/response`, answer);
  } catch (error) {
    const told = fault(error);
    console.error(JSON.stringify(told));
    await call('POST', `invocation/${current}/error`, JSON.stringify(told));
  }
  current = undefined;
}
