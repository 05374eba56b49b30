import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../src/runtime/base64.ts';
import { SeldonError } from '../../src/runtime/errors.ts';
import { binData } from '../../src/runtime/protocols/seldon/codecs/bin-data.ts';

describe('base64', () => {
  const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

  /**
   * RFC 4648 by the letter, of either alphabet but not of both, with line breaks anywhere and with all of the
   * padding or none; undefined for anything else.
   */
  function decodeStrictly(text: string): number[] | undefined {
    const encoded = text.replaceAll('\n', '').replaceAll('\r', '');
    const body = encoded.replace(/={1,2}$/, '');
    if (!/^([A-Za-z0-9+/]*|[A-Za-z0-9_-]*)$/.test(body) || body.length % 4 === 1) {
      return undefined;
    }
    const padding = encoded.length - body.length;
    if (padding !== 0 && padding !== (4 - (body.length % 4)) % 4) {
      return undefined;
    }
    const bits = [...body.replaceAll('-', '+').replaceAll('_', '/')]
      .map((character) => STANDARD.indexOf(character).toString(2).padStart(6, '0'))
      .join('');
    return Array.from({ length: Math.floor(bits.length / 8) }, (_, i) =>
      Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2),
    );
  }

  test('is decoded as a strict decoder does it, and refused where it refuses', () => {
    const unit = fc.constantFrom(...'AQaz09+/', ...'==', '-', '_', '\n', ' ', 'é', 'Ł', '😀', '\u0000', '.');
    const encoded = fc.oneof(
      fc.string({ unit, maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'Aa0+/='), maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'Aa0-_='), maxLength: 12 }),
      fc.base64String({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(encoded, (value) => {
        // Both alphabets in one text: nobody writes that, and nobody says what it is.
        fc.pre(!(/[+/]/.test(value) && /[-_]/.test(value)));
        const bytes = fromBase64(value);
        expect(bytes === undefined ? undefined : [...bytes]).toEqual(decodeStrictly(value));
      }),
      { numRuns: 20_000 },
    );
  });

  test('one foreign character anywhere makes it no base64', () => {
    const foreign = fc.constantFrom('\t', ' ', '.', ',', '*', '%', 'é', '\u0141', '\u0100', '=', '\u0000');
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 3, maxLength: 30 }),
        foreign,
        fc.nat(),
        (bytes, character, at) => {
          const encoded = toBase64(bytes).replace(/=*$/, '');
          const place = at % encoded.length;
          const spoiled = encoded.slice(0, place) + character + encoded.slice(place + 1);
          const padded = spoiled.padEnd(Math.ceil(spoiled.length / 4) * 4, '=');
          fc.pre(!(character === '=' && place === encoded.length - 1));
          expect(fromBase64(padded)).toBeUndefined();
          expect(() => binData.decode(padded)).toThrow(SeldonError);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('is written in the standard alphabet, padded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        expect(decodeStrictly(toBase64(bytes))).toEqual([...bytes]);
        expect(toBase64(bytes)).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
      }),
      { numRuns: 500 },
    );
  });
});

/** The elements, row-major; of complex numbers the parts. */
