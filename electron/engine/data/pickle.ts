/**
 * The part of Python's pickle format (https://docs.python.org/3/library/pickle.html, opcodes: pickletools) that data files of lists, texts,
 * numbers and byte arrays need. Nothing is called: the only objects understood are numpy's byte arrays, everything else is refused.
 */

export type Pickled = null | boolean | number | string | Uint8Array | Pickled[] | Map<string, Pickled> | Named | ByteArray;

/** A class or function by name; a token, never looked up. */
class Named {
  constructor(readonly path: string) {}
}

/** A numpy array before its state arrives. */
class ByteArray {
  bytes: Uint8Array = new Uint8Array(0);
}

const RECONSTRUCT = ['numpy.core.multiarray._reconstruct', 'numpy._core.multiarray._reconstruct'];
const UNDERSTOOD = new Set([...RECONSTRUCT, 'numpy.ndarray', 'numpy.dtype', '_codecs.encode']);

/**
 * The value a pickle of protocol 0x80+ holds; dictionaries as maps, tuples as lists, arrays of bytes as Uint8Array.
 * @throws Error naming what is not understood
 */
export function unpickle(bytes: Uint8Array): Pickled {
  return plain(new Unpickler(bytes).run());
}

class Unpickler {
  readonly #view: DataView;
  readonly #stack: Pickled[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Pickled>();
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Pickled {
    for (;;) {
      const opcode = this.#u8();
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    switch (opcode) {
      case 0x80: return void this.#u8(); // PROTO
      case 0x95: return void (this.#at += 8); // FRAME
      case 0x28: return void this.#marks.push(this.#stack.length); // MARK
      case 0x30: return void this.#pop(); // POP
      case 0x4e: return this.#push(null); // NONE
      case 0x88: return this.#push(true); // NEWTRUE
      case 0x89: return this.#push(false); // NEWFALSE
      case 0x4b: return this.#push(this.#u8()); // BININT1
      case 0x4d: return this.#push(this.#u16()); // BININT2
      case 0x4a: return this.#push(this.#u32() | 0); // BININT
      case 0x8a: return this.#push(this.#long(this.#u8())); // LONG1
      case 0x47: return this.#push(this.#double()); // BINFLOAT
      case 0x55: return this.#push(this.#take(this.#u8())); // SHORT_BINSTRING: Python 2's str is bytes
      case 0x54: return this.#push(this.#take(this.#u32())); // BINSTRING
      case 0x43: return this.#push(this.#take(this.#u8())); // SHORT_BINBYTES
      case 0x42: return this.#push(this.#take(this.#u32())); // BINBYTES
      case 0x8e: return this.#push(this.#take(this.#u64())); // BINBYTES8
      case 0x8c: return this.#push(utf8(this.#take(this.#u8()))); // SHORT_BINUNICODE
      case 0x58: return this.#push(utf8(this.#take(this.#u32()))); // BINUNICODE
      case 0x5d: return this.#push([]); // EMPTY_LIST
      case 0x29: return this.#push([]); // EMPTY_TUPLE
      case 0x7d: return this.#push(new Map()); // EMPTY_DICT
      case 0x74: return this.#push(this.#untilMark()); // TUPLE
      case 0x85: return this.#push(this.#stack.splice(-1)); // TUPLE1
      case 0x86: return this.#push(this.#stack.splice(-2)); // TUPLE2
      case 0x87: return this.#push(this.#stack.splice(-3)); // TUPLE3
      case 0x61: return this.#append([this.#pop()]); // APPEND
      case 0x65: return this.#append(this.#untilMark()); // APPENDS
      case 0x73: return this.#setItems(this.#stack.splice(-2)); // SETITEM
      case 0x75: return this.#setItems(this.#untilMark()); // SETITEMS
      case 0x71: return void this.#memo.set(this.#u8(), this.#top()); // BINPUT
      case 0x72: return void this.#memo.set(this.#u32(), this.#top()); // LONG_BINPUT
      case 0x94: return void this.#memo.set(this.#memo.size, this.#top()); // MEMOIZE
      case 0x68: return this.#push(this.#recall(this.#u8())); // BINGET
      case 0x6a: return this.#push(this.#recall(this.#u32())); // LONG_BINGET
      case 0x63: return this.#name(this.#line(), this.#line()); // GLOBAL
      case 0x93: { const [module, name] = this.#stack.splice(-2); return this.#name(text(module), text(name)); } // STACK_GLOBAL
      case 0x52: { const [called, given] = this.#stack.splice(-2); return this.#reduce(called, given); } // REDUCE
      case 0x62: { const state = this.#pop(); return this.#build(this.#top(), state); } // BUILD
      default: throw new Error(`the pickle uses operation 0x${opcode.toString(16)}, which is not read`);
    }
  }

  #name(module: string, name: string): void {
    const path = `${module}.${name}`;
    if (!UNDERSTOOD.has(path)) throw new Error(`the pickle wants ${path}, which is not allowed`);
    this.#push(new Named(path));
  }

  #reduce(called: Pickled | undefined, given: Pickled | undefined): void {
    const path = called instanceof Named ? called.path : '';
    if (RECONSTRUCT.includes(path)) return this.#push(new ByteArray());
    if (path === 'numpy.dtype') {
      const kind = Array.isArray(given) ? text(given[0]) : '';
      if (kind !== 'u1') throw new Error(`the pickle holds an array of type ${kind}, not of bytes`);
      return this.#push(null);
    }
    // Python 3 writes the bytes of a protocol 2 pickle as latin-1 text to encode.
    if (path === '_codecs.encode' && Array.isArray(given)) return this.#push(Buffer.from(text(given[0]), 'latin1'));
    throw new Error('the pickle builds an object that is not read');
  }

  /** numpy.ndarray.__setstate__: (version, shape, dtype, Fortran order, bytes). A dtype's own state says nothing about bytes. */
  #build(target: Pickled, state: Pickled): void {
    if (!(target instanceof ByteArray) || !Array.isArray(state)) return;
    const data = state[4];
    if (state[3] === true || !(data instanceof Uint8Array)) throw new Error('the pickle holds an array in a layout that is not read');
    target.bytes = data;
  }

  #append(items: readonly Pickled[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new Error('the pickle appends to something that is no list');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly Pickled[]): void {
    const map = this.#top();
    if (!(map instanceof Map)) throw new Error('the pickle sets items of something that is no dictionary');
    for (let i = 0; i + 1 < items.length; i += 2) map.set(text(items[i]), items[i + 1] ?? null);
  }

  #untilMark(): Pickled[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new Error('the pickle is out of order');
    return this.#stack.splice(mark);
  }

  #recall(index: number): Pickled {
    const value = this.#memo.get(index);
    if (value === undefined) throw new Error('the pickle recalls what it never kept');
    return value;
  }

  #top(): Pickled {
    const value = this.#stack[this.#stack.length - 1];
    if (value === undefined) throw new Error('the pickle is out of order');
    return value;
  }

  #pop(): Pickled {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #push(value: Pickled): void {
    this.#stack.push(value);
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.bytes.length) throw new Error('the pickle is cut off');
    return this.bytes.subarray(this.#at, (this.#at += length));
  }

  #advance(length: number): number {
    if (this.#at + length > this.bytes.length) throw new Error('the pickle is cut off');
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #u8(): number { return this.#view.getUint8(this.#advance(1)); }
  #u16(): number { return this.#view.getUint16(this.#advance(2), true); }
  #u32(): number { return this.#view.getUint32(this.#advance(4), true); }
  #u64(): number { return Number(this.#view.getBigUint64(this.#advance(8), true)); }
  #double(): number { return this.#view.getFloat64(this.#advance(8)); }

  /** Little-endian two's complement. */
  #long(length: number): number {
    const bytes = this.#take(length);
    const sign = (bytes[length - 1] ?? 0) & 0x80 ? 2 ** (8 * length) : 0;
    return bytes.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0) - sign;
  }

  #line(): string {
    const end = this.bytes.indexOf(0x0a, this.#at);
    const line = utf8(this.#take((end < 0 ? this.bytes.length : end) - this.#at));
    this.#at += 1;
    return line;
  }
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
const text = (value: Pickled | undefined): string => (typeof value === 'string' ? value : value instanceof Uint8Array ? utf8(value) : '');

/** Byte arrays unwrapped, everywhere. */
function plain(value: Pickled): Pickled {
  if (value instanceof ByteArray) return value.bytes;
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, plain(item)]));
  return value;
}
