/** Tables of a FlatBuffer, told once for both ways: a list of fields turns an object into bytes and bytes into an object. https://flatbuffers.dev/internals */
import { Builder, ByteBuffer } from 'flatbuffers';

/** How a field lies in the buffer; a table's own fields begin with the name of their slot. */
export type FieldType =
  | 'int8'
  | 'uint8'
  | 'bool'
  | 'int32'
  | 'float'
  | 'string'
  /** Vectors. */
  | 'bytes'
  | 'ints'
  | 'longs'
  | 'floats'
  | { readonly table: Fields }
  | { readonly tables: Fields }
  /** One of several tables; which, says the field in the slot before. */
  | { readonly union: Readonly<Record<number, Fields>> };

/** Slot and type of each field, by name. */
export type Fields = Readonly<Record<string, readonly [slot: number, type: FieldType]>>;

/** A table as an object. Fields that are left out have their default, which is 0 or nothing. */
export interface Row {
  readonly [field: string]: number | boolean | string | readonly number[] | Float32Array | Uint8Array | Row | readonly Row[] | undefined;
}

/** What data is put on multiples of, so that a program can use it where it lies. */
const ALIGNMENT = 16;

/** @param size about how many bytes it will be */
export function encodeTable(fields: Fields, row: Row, identifier: string, size: number): Uint8Array {
  const b = new Builder(size);
  b.finish(writeRow(b, fields, row), identifier);
  return b.asUint8Array();
}

export function decodeTable(fields: Fields, bytes: Uint8Array, identifier: string): Row {
  const b = new ByteBuffer(new Uint8Array(bytes));
  if (!b.__has_identifier(identifier)) throw new Error(`The file does not begin as a ${identifier} file.`);
  return readRow(b, fields, b.readInt32(0));
}

function writeRow(b: Builder, fields: Fields, row: Row): number {
  // What a table points to has to be there before the table begins.
  const given = Object.entries(fields).flatMap(([name, [slot, type]]) => {
    const value = row[name];
    if (value === undefined) return [];
    return [{ slot, type, value: typeof value === 'object' || typeof value === 'string' ? writeBelow(b, type, value, unionKind(row, fields, slot)) : Number(value) }];
  });
  b.startObject(Math.max(...Object.values(fields).map(([slot]) => slot)) + 1);
  for (const { slot, type, value } of given) {
    if (type === 'int8' || type === 'uint8' || type === 'bool') b.addFieldInt8(slot, value, 0);
    else if (type === 'int32') b.addFieldInt32(slot, value, 0);
    else if (type === 'float') b.addFieldFloat32(slot, value, 0);
    else b.addFieldOffset(slot, value, 0);
  }
  return b.endObject();
}

function writeBelow(b: Builder, type: FieldType, value: Exclude<Row[string], number | boolean | undefined>, kind: number): number {
  if (typeof type === 'object') {
    if ('tables' in type) return writeVector(b, (value as readonly Row[]).map((row) => writeRow(b, type.tables, row)), 4, (offset) => b.addOffset(offset));
    return writeRow(b, 'table' in type ? type.table : (type.union[kind] ?? {}), value as Row);
  }
  switch (type) {
    case 'string':
      return b.createString(value as string);
    case 'bytes':
      b.prep(ALIGNMENT, (value as Uint8Array).length);
      return b.createByteVector(value as Uint8Array);
    case 'longs':
      return writeVector(b, value as readonly number[], 8, (n) => b.addInt64(BigInt(n)));
    case 'floats':
      return writeVector(b, Array.from(value as Float32Array), 4, (n) => b.addFloat32(n));
    default:
      return writeVector(b, value as readonly number[], 4, (n) => b.addInt32(n));
  }
}

/** Buffers are written from their end. */
function writeVector(b: Builder, values: readonly number[], bytes: number, put: (value: number) => void): number {
  b.startVector(bytes, values.length, bytes);
  for (let i = values.length - 1; i >= 0; i--) put(values[i] as number);
  return b.endVector();
}

/** The value of the field before a union's. */
function unionKind(row: Row, fields: Fields, slot: number): number {
  const before = Object.entries(fields).find(([, [other]]) => other === slot - 1);
  return Number(before ? (row[before[0]] ?? 0) : 0);
}

function readRow(b: ByteBuffer, fields: Fields, at: number): Row {
  const row: Record<string, Row[string]> = {};
  for (const [name, [slot, type]] of Object.entries(fields)) {
    const offset = b.__offset(at, 4 + 2 * slot);
    if (offset !== 0) row[name] = readField(b, type, at + offset, unionKind(row, fields, slot));
  }
  return row;
}

function readField(b: ByteBuffer, type: FieldType, at: number, kind: number): Row[string] {
  if (typeof type === 'object') {
    if ('tables' in type) return readVector(b, at, 4, (place) => readRow(b, type.tables, b.__indirect(place)));
    return readRow(b, 'table' in type ? type.table : (type.union[kind] ?? {}), b.__indirect(at));
  }
  switch (type) {
    case 'int8':
      return b.readInt8(at);
    case 'uint8':
      return b.readUint8(at);
    case 'bool':
      return b.readInt8(at) !== 0;
    case 'int32':
      return b.readInt32(at);
    case 'float':
      return b.readFloat32(at);
    case 'string':
      return String(b.__string(at));
    case 'bytes':
      return b.bytes().slice(b.__vector(at), b.__vector(at) + b.__vector_len(at));
    case 'longs':
      return readVector(b, at, 8, (place) => Number(b.readInt64(place)));
    case 'floats':
      return Float32Array.from(readVector(b, at, 4, (place) => b.readFloat32(place)));
    default:
      return readVector(b, at, 4, (place) => b.readInt32(place));
  }
}

const readVector = <T>(b: ByteBuffer, at: number, bytes: number, read: (place: number) => T): T[] =>
  Array.from({ length: b.__vector_len(at) }, (_, i) => read(b.__vector(at) + i * bytes));
