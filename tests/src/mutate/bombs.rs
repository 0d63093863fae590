//! Small inputs that ask for huge work: operations claimed by run-length columns, and deflate streams that
//! inflate a thousandfold.

use super::chunk::{COMPRESSED, Chunk, DEFLATED, Parts, signed, unsigned};

/// The key text column.
const KEY_TEXT: u64 = 0x15;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const VALUE_METADATA: u64 = 0x56;
const PREDECESSORS: u64 = 0x70;

/// The action number of a put.
const PUT: u64 = 1;

/// A well-formed change of about 70 bytes that puts null to one key `operations` times.
pub fn operation_bomb(operations: u32) -> Vec<u8> {
    let run = |value: u64| {
        let mut column = Vec::new();
        signed(&mut column, i64::from(operations));
        unsigned(&mut column, value);
        column
    };
    let mut key = run(1);
    key.push(b'k');
    let mut insert = Vec::new();
    unsigned(&mut insert, u64::from(operations));
    let columns = vec![
        (KEY_TEXT, key),
        (INSERT, insert),
        (ACTION, run(PUT)),
        (VALUE_METADATA, run(0)),
        (PREDECESSORS, run(0)),
    ];
    Parts { actor: vec![7; 16], sequence: 1, start_op: 1, columns, ..Parts::default() }.seal()
}

/// A compressed change chunk whose content inflates to at least `bytes`.
pub fn compressed_bomb(bytes: u64) -> Vec<u8> {
    Chunk { kind: COMPRESSED, data: deflate_bomb(bytes) }.seal()
}

/// A change whose action column is deflated and inflates to at least `bytes`.
pub fn column_bomb(bytes: u64) -> Vec<u8> {
    let columns = vec![(ACTION | DEFLATED, deflate_bomb(bytes))];
    Parts { actor: vec![7; 16], sequence: 1, start_op: 1, columns, ..Parts::default() }.seal()
}

/// A raw deflate stream (RFC 1951) of zeroes: a literal, then a block whose every two bits say
/// "repeat the last byte 258 times".
pub fn deflate_bomb(bytes: u64) -> Vec<u8> {
    let mut out = Bits::default();
    // A block of fixed codes: not the last, type 1; literal 0 (00110000), end of block (0000000).
    out.number(0, 1);
    out.number(1, 2);
    out.code(0b0011_0000, 8);
    out.code(0, 7);
    // The last block, of codes of its own: 286 literal and length codes, 1 distance code, 18 lengths of code lengths.
    out.number(1, 1);
    out.number(2, 2);
    out.number(286 - 257, 5);
    out.number(0, 5);
    out.number(18 - 4, 4);
    // Lengths of code lengths, in the order 16 17 18 0 8 7 ... 14 1: only 18 (many zeroes) and 1 occur.
    for position in 0..18 {
        out.number(u64::from(position == 2 || position == 17), 3);
    }
    let zeroes = |out: &mut Bits, count: u64| {
        out.code(1, 1);
        out.number(count - 11, 7);
    };
    let one = |out: &mut Bits| out.code(0, 1);
    zeroes(&mut out, 138);
    zeroes(&mut out, 118);
    one(&mut out); // code 256, end of block: 0
    zeroes(&mut out, 28);
    one(&mut out); // code 285, length 258: 1
    one(&mut out); // distance 1: 0
    for _ in 0..bytes.div_ceil(258) {
        out.code(1, 1);
        out.code(0, 1);
    }
    out.code(0, 1);
    out.bytes
}

/// Deflate's bit order: numbers from their lowest bit, Huffman codes from their highest.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn bit(&mut self, bit: bool) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (self.used % 8);
        }
        self.used += 1;
    }

    fn number(&mut self, value: u64, bits: u32) {
        for place in 0..bits {
            self.bit(value >> place & 1 == 1);
        }
    }

    fn code(&mut self, code: u64, bits: u32) {
        for place in (0..bits).rev() {
            self.bit(code >> place & 1 == 1);
        }
    }
}
