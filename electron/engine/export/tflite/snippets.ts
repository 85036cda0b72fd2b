/** LiteRT in programs: in Python, tested here; on phones and boards, written by their documentation. */
import { sizeOf } from '../../model/layers';
import { type ModelMeta, networkOf } from '../../model/model-folder';
import { channelCount, kernelCount, type Snippet } from '../outlet';

const python = (size: number): string => `
import json, numpy as np
from PIL import Image
from ai_edge_litert.interpreter import Interpreter
interpreter = Interpreter("model.tflite")
interpreter.allocate_tensors()
(image,), (answer,) = interpreter.get_input_details(), interpreter.get_output_details()
labels = json.load(open("labels.json", encoding="utf-8"))
picture = Image.open("picture.jpg").convert("RGB").resize((${size}, ${size}), Image.BILINEAR)
interpreter.set_tensor(image["index"], np.asarray(picture, image["dtype"])[None])
interpreter.invoke()
scale, zero = answer["quantization"]
values = interpreter.get_tensor(answer["index"])[0]
probabilities = (values.astype("float32") - zero) * scale if scale else values
print(labels[probabilities.argmax()], probabilities.max())`;

const kotlin = (size: number, classes: number): string => `
// Android. This was not tried by who wrote it for you: compare a few answers with the app's.
// build.gradle.kts: implementation("com.google.ai.edge.litert:litert:1.4.1"). model.tflite and labels.txt go into src/main/assets.
// Written for float32, float16 and dynamic. Of int8, both ends are bytes: put(byte), and (byte.toInt() and 255) / 256f.
class Classifier(context: Context) {
    private val labels = context.assets.open("labels.txt").bufferedReader().readLines()
    private val model = context.assets.open("model.tflite").readBytes()
    private val interpreter = Interpreter(ByteBuffer.allocateDirect(model.size).order(ByteOrder.nativeOrder()).put(model))

    fun classify(picture: Bitmap): Pair<String, Float> {
        // Leaves pixels out where it shrinks by more than a half: load photographs with BitmapFactory.Options.inSampleSize.
        val small = Bitmap.createScaledBitmap(picture, ${size}, ${size}, true)
        val pixels = IntArray(${size} * ${size}).also { small.getPixels(it, 0, ${size}, 0, 0, ${size}, ${size}) }
        val image = ByteBuffer.allocateDirect(pixels.size * 3 * 4).order(ByteOrder.nativeOrder())
        for (pixel in pixels) for (shift in listOf(16, 8, 0)) image.putFloat((pixel shr shift and 255).toFloat())
        val probabilities = arrayOf(FloatArray(${classes}))
        image.rewind()
        interpreter.run(image, probabilities)
        val best = probabilities[0].indices.maxBy { probabilities[0][it] }
        return labels[best] to probabilities[0][best]
    }
}`;

const swift = (size: number): string => `
// iOS. This was not tried by who wrote it for you: compare a few answers with the app's.
// Podfile: pod 'TensorFlowLiteSwift'. model.tflite and labels.txt go into the bundle. Written for float32, float16 and dynamic.
import TensorFlowLite
import UIKit

func classify(_ picture: CGImage) throws -> (label: String, probability: Float) {
  var rgba = [UInt8](repeating: 255, count: ${size} * ${size} * 4)
  rgba.withUnsafeMutableBytes { bytes in
    let canvas = CGContext(data: bytes.baseAddress, width: ${size}, height: ${size}, bitsPerComponent: 8, bytesPerRow: ${size} * 4,
                           space: CGColorSpaceCreateDeviceRGB(), bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)!
    canvas.interpolationQuality = .high
    canvas.draw(picture, in: CGRect(x: 0, y: 0, width: ${size}, height: ${size}))
  }
  let pixels = rgba.enumerated().filter { $0.offset % 4 < 3 }.map { Float($0.element) }
  let interpreter = try Interpreter(modelPath: Bundle.main.path(forResource: "model", ofType: "tflite")!)
  try interpreter.allocateTensors()
  try interpreter.copy(pixels.withUnsafeBytes { Data($0) }, toInputAt: 0)
  try interpreter.invoke()
  let probabilities = try interpreter.output(at: 0).data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  let labels = try String(contentsOfFile: Bundle.main.path(forResource: "labels", ofType: "txt")!, encoding: .utf8).split(separator: "\\n")
  let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
  return (String(labels[best]), probabilities[best])
}`;

const board = (meta: ModelMeta): string => {
  const { flash, arena } = boardNeeds(meta);
  return `
// Arduino and ESP32, with TensorFlow Lite Micro; for int8 only. Tried with that library on a computer, not on a board.
// Takes ${kib(flash)} KiB of flash beside the program's own, and ${kib(arena)} KiB of RAM; kernels made for one chip may want some more.
// ${boards(flash, arena)}
// xxd -i model.tflite > model.h; there, put alignas(16) const before the array.
#include "model.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

constexpr int kArena = ${kib(arena)} * 1024;
alignas(16) static uint8_t arena[kArena];
static tflite::MicroMutableOpResolver<8> operations;
static tflite::MicroInterpreter* interpreter;

bool begin() {
  operations.AddQuantize();
  operations.AddResizeBilinear();
  operations.AddConv2D();
  operations.AddDepthwiseConv2D();
  operations.AddAdd();
  operations.AddMean();
  operations.AddFullyConnected();
  operations.AddSoftmax();
  interpreter = new tflite::MicroInterpreter(tflite::GetModel(model_tflite), operations, arena, kArena);
  return interpreter->AllocateTensors() == kTfLiteOk;  // false: the arena is too small
}

// rgb: ${meta.imageSize} x ${meta.imageSize} pixels of three bytes. The class' place in labels.txt, or -1.
int classify(const uint8_t* rgb, float* probability) {
  memcpy(interpreter->input(0)->data.uint8, rgb, ${meta.imageSize} * ${meta.imageSize} * 3);
  if (interpreter->Invoke() != kTfLiteOk) return -1;
  const uint8_t* values = interpreter->output(0)->data.uint8;
  int best = 0;
  for (int i = 1; i < ${meta.classNames.length}; i++) if (values[i] > values[best]) best = i;
  *probability = values[best] / 256.0f;
  return best;
}`;
};

const kib = (bytes: number): number => Math.ceil(bytes / 1024);

function boards(flash: number, arena: number): string {
  if (kib(arena) <= 160 && kib(flash) <= 700) return 'A board with 256 KiB of RAM and 1 MiB of flash may do (Nano 33 BLE); an ESP32-S3 has room to spare.';
  if (kib(arena) <= 256 && kib(flash) <= 2560) return 'An ESP32-S3 has room for that, with a partition scheme that leaves the program 3 MB; boards with 256 KiB of RAM have not.';
  return 'That takes a board with RAM of its own beside the chip (PSRAM). With alpha 0.35 at 96 x 96 an ESP32-S3 would do.';
}

/**
 * What a model takes of a board, in bytes: its int8 file; and the feature maps that go into the largest layer and come out, what the library
 * keeps of each channel (a factor and a shift), and its own bookkeeping.
 */
export function boardNeeds(meta: ModelMeta): { flash: number; arena: number } {
  const network = networkOf(meta);
  const sizes = new Map(network.layers.map(({ name, outputShape }) => [name, sizeOf(outputShape)]));
  const held = network.layers.filter(({ type }) => type.endsWith('Conv2D') || type === 'Add').map(({ name, inputs }) => [name, ...inputs].reduce((sum, one) => sum + (sizes.get(one) ?? 0), 0));
  const channels = channelCount(network);
  return { flash: kernelCount(network) + 28 * channels + 36e3, arena: Math.max(...held) + 8 * channels + 16 * 1024 };
}

export const snippets = (meta: ModelMeta): readonly Snippet[] => [
  { language: 'python', code: python(meta.imageSize) },
  { language: 'kotlin', code: kotlin(meta.imageSize, meta.classNames.length) },
  { language: 'swift', code: swift(meta.imageSize) },
  { language: 'cpp', code: board(meta) }
];
