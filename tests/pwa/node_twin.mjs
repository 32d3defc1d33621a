// Reads one request a line and writes one answer a line: `node node_twin.mjs path/to/core.js`.

import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";
import { answerAll } from "./twin.mjs";

/** As the Compression standard has it and browsers do it: Node 20 passes over bytes after the end of a stream. */
globalThis.DecompressionStream = class {
  constructor() {
    const parts = [];
    const { readable, writable } = new TransformStream({
      transform: (part) => void parts.push(part),
      flush(controller) {
        const { buffer, engine } = inflateSync(Buffer.concat(parts), { info: true });
        if (engine.bytesWritten !== Buffer.concat(parts).length) throw new TypeError("bytes after the end");
        controller.enqueue(new Uint8Array(buffer));
      },
    });
    Object.assign(this, { readable, writable });
  }
};

const core = await import(pathToFileURL(process.argv[2]).href);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const lines = Buffer.concat(chunks).toString("utf8").split("\n").filter((line) => line !== "");
const answers = await answerAll(core, lines.map((line) => JSON.parse(line)));
process.stdout.write(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(""));
