// Reads QR codes from frames, by zxing compiled to WebAssembly. The module is served with the app; its SHA-384 is
// compared with the one of the build before it is instantiated.

import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import wasmAddress from "zxing-wasm/reader/zxing_reader.wasm?url";

declare const __READER_SHA384__: string;

const QUICK: ReaderOptions = {
  formats: ["QRCode"], tryHarder: false, tryRotate: false, tryInvert: false, tryDownscale: false, maxNumberOfSymbols: 1,
};
const THOROUGH: ReaderOptions = { ...QUICK, tryHarder: true, tryDownscale: true };
const INVERTED: ReaderOptions = { ...THOROUGH, tryInvert: true };
/** Which way the frames are looked at in turn: most quickly, some more closely. */
const TURNS = [QUICK, THOROUGH, QUICK, INVERTED] as const;

/** Fetch the module whole and unchanged, and start it. Throws TypeError when it is neither. */
export async function startReader(): Promise<FrameReader> {
  const answer = await fetch(wasmAddress, { integrity: `sha384-${__READER_SHA384__}` });
  const wasmBinary = await answer.arrayBuffer();
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  return new FrameReader();
}

export class FrameReader {
  readonly #canvas = new OffscreenCanvas(1, 1);
  readonly #context = this.#canvas.getContext("2d", { willReadFrequently: true, alpha: false })!;
  #turn = 0;

  /** Give the text of the code in a frame, or null. The frame is closed. */
  async read(frame: ImageBitmap): Promise<string | null> {
    const options = TURNS[this.#turn++ % TURNS.length]!;
    const image = this.#pixels(frame, options === QUICK);
    const [found] = await readBarcodes(image, options);
    return found?.isValid === true ? found.text : null;
  }

  /** Give the pixels of the middle square, where the officer aims, or of the whole frame. */
  #pixels(frame: ImageBitmap, isMiddle: boolean): ImageData {
    const side = Math.min(frame.width, frame.height);
    const [width, height] = isMiddle ? [side, side] : [frame.width, frame.height];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.drawImage(frame, (width - frame.width) / 2, (height - frame.height) / 2);
    frame.close();
    return this.#context.getImageData(0, 0, width, height);
  }
}
