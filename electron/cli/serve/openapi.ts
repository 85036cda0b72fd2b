/** The server described for programs: OpenAPI 3.1. */
import type { ModelMeta } from '../../engine/model/model-folder';
import type { Limits } from './limits';

const json = (schema: object, description: string): object => ({ description, content: { 'application/json': { schema } } });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const refused = (description: string): object => json(ref('Error'), description);

/** @returns the document as a value */
export function openApi({ classNames, trained }: ModelMeta, { bytes, pictures, seconds }: Limits): object {
  const number = { type: 'number', minimum: 0, maximum: 1 };
  return {
    openapi: '3.1.0',
    info: { title: `Tsugiki: ${trained.data}`, version: '1', description: `Names the class of a picture: ${classNames.join(', ')}.` },
    paths: {
      '/classify': {
        post: {
          operationId: 'classify',
          summary: 'Classify one picture, or several at once',
          description: `The body is a picture (JPEG, PNG, GIF, BMP, WebP or AVIF), or a form with up to ${pictures} of them; at most ${bytes} bytes, answered within ${seconds} seconds.`,
          parameters: [{ name: 'top', in: 'query', description: 'How many classes to name, most probable first.', schema: { type: 'integer', minimum: 1, maximum: classNames.length, default: Math.min(5, classNames.length) } }],
          requestBody: {
            required: true,
            content: {
              'image/*': { schema: { type: 'string', format: 'binary' } },
              'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
              'multipart/form-data': { schema: { type: 'object', properties: { pictures: { type: 'array', items: { type: 'string', format: 'binary' } } } } }
            }
          },
          responses: {
            200: json({ oneOf: [ref('Answer'), ref('Answers')] }, 'One answer for a picture as the body; a list of answers, in the order of the form, for a form.'),
            400: refused('No picture, an unreadable form, or a wrong parameter.'),
            408: refused('The request was not complete in time.'),
            413: refused('Too many bytes or pictures.'),
            422: refused('The picture could not be read.'),
            503: refused('Too many requests are waiting; try again after the seconds that Retry-After names.')
          }
        }
      },
      '/model': { get: { operationId: 'model', summary: 'What the model is', responses: { 200: json(ref('Model'), 'Its classes and what it expects.') } } },
      '/health': { get: { operationId: 'health', summary: 'Whether the server answers', responses: { 200: json(ref('Health'), 'It does.') } } }
    },
    components: {
      schemas: {
        Answer: {
          type: 'object',
          required: ['top', 'unknown', 'milliseconds'],
          properties: {
            top: { type: 'array', items: { type: 'object', required: ['label', 'probability'], properties: { label: { enum: classNames }, probability: number } } },
            unknown: { type: 'boolean', description: 'Less sure than the model\'s threshold: "none of these".' },
            milliseconds: { type: 'number', description: 'From the file to the probabilities.' }
          }
        },
        Answers: {
          type: 'object',
          required: ['answers'],
          properties: {
            answers: {
              type: 'array',
              items: { allOf: [{ type: 'object', required: ['file'], properties: { file: { type: 'string' } } }, { oneOf: [ref('Answer'), ref('Error')] }] }
            }
          }
        },
        Error: { type: 'object', required: ['error'], properties: { error: { type: 'object', required: ['code', 'message'], properties: { code: { type: 'string' }, message: { type: 'string' } } } } },
        Model: {
          type: 'object',
          required: ['classNames', 'inputSize'],
          properties: {
            classNames: { type: 'array', items: { type: 'string' } },
            backbone: { type: 'string' }, alpha: { type: 'number' }, inputSize: { type: 'integer' }, scale: { type: 'string' },
            trained: { type: 'object', properties: { data: { type: 'string' }, testAccuracy: { type: ['number', 'null'] }, date: { type: 'string', format: 'date-time' } } }
          }
        },
        Health: { type: 'object', required: ['status', 'waiting', 'answered'], properties: { status: { const: 'ok' }, waiting: { type: 'integer' }, answered: { type: 'integer' } } }
      }
    }
  };
}
