'use strict';

// The server a test file runs against: one that is there already, or one started for the run.

const { spawn } = require('node:child_process');
const { mkdtemp, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { createInterface } = require('node:readline');

const REPOSITORY = resolve(__dirname, '..', '..');
const READY = /http:\/\/127\.0\.0\.1:\d+/;

// Answers the URL under test and a function that ends what was started.
async function startServer() {
  if (process.env.STRONGROOM_ENDPOINT) {
    return { url: process.env.STRONGROOM_ENDPOINT, stop: async () => {} };
  }
  const binary = resolve(REPOSITORY, process.env.STRONGROOM_BIN ?? 'target/release/strongroom');
  const directory = await mkdtemp(join(tmpdir(), 'strongroom-'));
  const server = spawn(binary, ['serve', '--dev', '--listen', '127.0.0.1:0'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => server.once('close', done));
  const url = await new Promise((ready, fail) => {
    server.once('error', fail);
    server.once('exit', (code) => fail(new Error(`the server ended with ${code} before it was ready`)));
    createInterface({ input: server.stdout }).on('line', (line) => {
      const found = READY.exec(line);
      if (found) ready(found[0]);
    });
  });
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}

module.exports = { startServer };
