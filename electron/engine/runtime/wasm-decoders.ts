/**
 * WebP and AVIF, which TensorFlow does not decode: libwebp and libavif with dav1d, as WebAssembly of the jSquash packages
 * (https://github.com/jamsinclair/jSquash). Loaded when the first such picture comes; from then on as synchronous as the rest.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avifGlue from '@jsquash/avif/codec/dec/avif_dec.js';
import webpGlue from '@jsquash/webp/codec/dec/webp_dec.js';
import { TsugikiError } from '../../contract';
import { findAbove } from './above';
import type { Rgba } from './picture';

interface Codec {
  /** Null when the bytes are damaged. */
  decode(bytes: Uint8Array, ...rest: readonly number[]): Rgba | null;
}

/** What Emscripten's glue takes, and turns into the codec. */
interface Options {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
  print(text: string): void;
  printErr(text: string): void;
}

/** WebAssembly's memory only grows: after a picture of this many pixels it is let go of. */
const LARGE = 16e6;

class Decoder {
  #module: WebAssembly.Module | null = null;
  #codec: Codec | null = null;

  constructor(
    private readonly glue: (options: Options) => unknown,
    private readonly file: string,
    private readonly folder: string,
    /** What this codec wants to know beside the bytes. */
    private readonly rest: readonly number[] = []
  ) {}

  /** @throws Error when the bytes are damaged */
  decode(bytes: Uint8Array): Rgba {
    const codec = (this.#codec ??= this.#start());
    // What a damaged file did to the memory must not meet the next one.
    this.#codec = null;
    const picture = codec.decode(bytes, ...this.rest);
    if (!picture) throw new Error('the decoder refuses it');
    if (picture.width * picture.height < LARGE) this.#codec = codec;
    return picture;
  }

  /** The glue answers with a promise, but all is done before it returns when the module is compiled already. */
  #start(): Codec {
    const module = (this.#module ??= new WebAssembly.Module(readFileSync(this.#path())));
    const options: Options & Partial<Codec> = {
      instantiateWasm: (imports, done) => {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
      print: () => undefined,
      printErr: () => undefined
    };
    this.glue(options);
    return options as Codec;
  }

  #path(): string {
    const places = [join('native', 'decoders', this.file), join('node_modules', ...this.folder.split('/'), this.file)];
    const path = findAbove(places);
    if (!path) throw new TsugikiError('resources_missing', `The file ${this.file} that comes with Tsugiki is missing. Install it again.`);
    return path;
  }
}

const webp = new Decoder(webpGlue as (options: Options) => unknown, 'webp_dec.wasm', '@jsquash/webp/codec/dec');
/** Of pictures with 10 and 12 bits a colour, the upper 8. */
const avif = new Decoder(avifGlue as (options: Options) => unknown, 'avif_dec.wasm', '@jsquash/avif/codec/dec', [8]);

/** @throws Error when the bytes are damaged */
export const decodeWebp = (bytes: Uint8Array): Rgba => webp.decode(bytes);
/** As stored: neither turned nor mirrored. @throws Error when the bytes are damaged */
export const decodeAvif = (bytes: Uint8Array): Rgba => avif.decode(bytes);
